"""Domains at which anybody may have an address: to share one makes nobody a colleague."""

_LIST = """
126.com 163.com alice.it aol.com arcor.de bluewin.ch bol.com.br btinternet.com comcast.net duck.com
email.cz fastmail.com fastmail.fm free.fr freenet.de gmail.com gmx.at gmx.ch gmx.de gmx.net hey.com
hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it icloud.com inbox.lv
interia.pl laposte.net libero.it live.co.uk live.com live.de live.fr live.it live.nl mac.com
mail.com mail.de mail.ru mailbox.org me.com msn.com naver.com o2.pl onet.pl orange.fr outlook.com
outlook.de outlook.es outlook.fr outlook.it pm.me posteo.de proton.me protonmail.com qq.com
rediffmail.com rocketmail.com sapo.pt seznam.cz sfr.fr t-online.de telefonica.net terra.com.br
tiscali.it tuta.com tutanota.com uol.com.br verizon.net virgilio.it wanadoo.fr web.de wp.pl
yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.com.mx yahoo.de yahoo.es
yahoo.fr yahoo.it yandex.com yandex.ru ymail.com zoho.com
"""

FREE_MAIL = frozenset(_LIST.split())


def is_free_mail(domain: str) -> bool:
    """Whether the domain (a key of `domain.address`) gives addresses to the public."""
    return domain in FREE_MAIL
