"""Domains at which anybody may have an address: to share one makes nobody a colleague."""

FREE_MAIL = frozenset(
    {
        "aol.com",
        "gmail.com",
        "gmx.de",
        "gmx.net",
        "hotmail.com",
        "icloud.com",
        "live.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "t-online.de",
        "web.de",
        "yahoo.com",
        "yandex.ru",
    }
)


def is_free_mail(domain: str) -> bool:
    """Whether the domain (a key of `domain.address`) gives addresses to the public."""
    return domain in FREE_MAIL
