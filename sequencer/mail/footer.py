"""The lines under a mail that let its reader go: how to opt out, and who writes.

A template that places the opt-out link itself gets no second one.
"""

from functools import lru_cache
from html import escape

from sequencer.mail.draft import Blocks, Words

OPT_OUT = {
    "en": "If you would rather not hear from me again, tell me so in a reply or use this link:",
    "es": "Si prefiere que no le escriba más, dígamelo en una respuesta o use este enlace:",
    "fr": "Si vous préférez que je ne vous écrive plus, répondez-le-moi ou suivez ce lien :",
    "de": "Wenn Sie nichts mehr von mir hören möchten, antworten Sie kurz oder nutzen diesen Link:",
    "pt": "Se preferir que eu não volte a escrever, responda a dizê-lo ou use este link:",
    "it": "Se preferisce che non le scriva più, me lo dica in risposta o usi questo link:",
    "nl": "Als u liever niets meer van mij hoort, laat het mij weten of gebruik deze link:",
    "sv": "Om du inte vill höra från mig igen, svara mig eller använd den här länken:",
    "pl": "Jeśli nie chce Pan/Pani więcej wiadomości ode mnie, proszę odpisać lub użyć linku:",
    "ja": "今後のご連絡が不要でしたら、ご返信いただくか、こちらのリンクをご利用ください:",
}
_STYLE = "color:#767676;font-size:12px;margin-top:24px"


def with_footer(
    text: Words, html: Words | None, *, url: str, language: str, postal_address: str
) -> tuple[Blocks, Blocks | None]:
    """Text and HTML of the body with their footer, the opt-out line in the reader's language."""
    line = OPT_OUT.get(language.partition("-")[0].lower(), OPT_OUT["en"])
    plain, has_link = _blocks(text), url in "".join(text)
    if not has_link or postal_address:
        plain = _ended(plain)
    if not has_link:
        plain = _below(plain, f"\n{line}\n", f"{url}\n")
    if postal_address:
        plain = _below(plain, f"\n{postal_address}\n", "")
    return plain, None if html is None else _rich(_blocks(html), line, url, postal_address)


def _rich(html: Blocks, line: str, url: str, postal_address: str) -> Blocks:
    lines = [] if url in "".join(html) else [f"{_escaped(line)} {_link(url)}"]
    if postal_address:
        lines.append(_escaped(postal_address).replace("\n", "<br>"))
    if not lines:
        return html
    return _below(html, "", f'\n<p style="{_STYLE}">{"<br>".join(lines)}</p>\n')


def _blocks(words: Words) -> Blocks:
    return ("", words) if isinstance(words, str) else words


def _ended(blocks: Blocks) -> Blocks:
    """The blocks with one line break at their end."""
    last = blocks[-1][-2:]
    if len(last) > 1 and last[1] == "\n" != last[0]:
        return blocks
    text = "".join(blocks).rstrip("\n")
    return ("", f"{text}\n")


def _below(blocks: Blocks, same: str, other: str) -> Blocks:
    """The blocks with two more below them."""
    return (*blocks, *[""] * (len(blocks) % 2), same, other)


_escaped = lru_cache(64)(escape)


def _link(url: str) -> str:
    shown = escape(url)
    return f'<a href="{shown}">{shown}</a>'
