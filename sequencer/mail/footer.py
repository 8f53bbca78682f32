"""The lines under a mail that let its reader go: how to opt out, and who writes.

A template that places the opt-out link itself gets no second one.
"""

from html import escape

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
_STYLE = "color:#666;font-size:12px;margin-top:24px"


def with_footer(
    text: str, html: str | None, *, url: str, language: str, postal_address: str
) -> tuple[str, str | None]:
    """Text and HTML of the body with their footer, the opt-out line in the reader's language."""
    line = OPT_OUT.get(language.partition("-")[0].lower(), OPT_OUT["en"])
    plain = [] if url in text else [f"{line}\n{url}"]
    rich = [] if html is None or url in html else [f"{escape(line)} {_link(url)}"]
    if postal_address:
        plain.append(postal_address)
        rich.append(escape(postal_address).replace("\n", "<br>"))
    if plain:
        text = "\n\n".join([text.rstrip("\n"), *plain]) + "\n"
    if html is not None and rich:
        html = f'{html}\n<p style="{_STYLE}">{"<br>".join(rich)}</p>\n'
    return text, html


def _link(url: str) -> str:
    return f'<a href="{escape(url)}">{escape(url)}</a>'
