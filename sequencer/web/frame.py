"""The frame of the pages that reps work with: no script, nothing loaded, all text escaped."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark; --text: #222; --soft: #5b5b5b; --back: #f6f6f6; --card: #fff;
  --line: #d9d9d9; --key: #14539a; --bad: #a3271e; --good: #1c6b35; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e8; --soft: #a9a9a9; --back: #1b1b1b; --card: #242424; --line: #444;
    --key: #7fb4ee; --bad: #f0958d; --good: #86cf9c; }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; padding: 1.5rem 1rem 3rem; font: 1rem/1.5 system-ui, sans-serif;
  color: var(--text); background: var(--back); }
main { max-width: 44rem; margin: 0 auto; overflow-wrap: anywhere; }
header, header div { display: flex; justify-content: space-between; align-items: center;
  flex-wrap: wrap; gap: .5rem 1rem; }
header h1 { margin: 0; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.0625rem; margin: 0 0 .75rem; }
p { margin: 0 0 .75rem; }
section p:last-child { margin-bottom: 0; }
a { color: var(--key); }
a:focus-visible, button:focus-visible, summary:focus-visible, input:focus-visible,
select:focus-visible, textarea:focus-visible { outline: 3px solid var(--key); outline-offset: 2px; }
section, form.card { background: var(--card); border: 1px solid var(--line);
  border-radius: .5rem; padding: 1rem 1.25rem; margin: 1rem 0; }
dl { display: grid; grid-template-columns: 8.5rem 1fr; gap: .375rem 1rem; margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; white-space: pre-line; }
dd, dd a, li a, blockquote, h1 { unicode-bidi: isolate; }
ol { list-style: none; margin: 0; padding: 0; }
li { padding: .5rem 0; border-top: 1px solid var(--line); }
li:first-child { border-top: 0; padding-top: 0; }
li:last-child { padding-bottom: 0; }
li time, .soft { color: var(--soft); font-size: .9375rem; }
blockquote { margin: .25rem 0 0; padding-left: .75rem; border-left: 3px solid var(--line);
  color: var(--soft); white-space: pre-line; }
.state { font-weight: 600; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.note { border-left: 4px solid var(--key); }
.row { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 1rem; }
.row .right { text-align: right; }
.deeds { display: flex; flex-wrap: wrap; gap: .75rem; align-items: start; }
.deeds form { margin: 0; }
label { display: block; margin: 0 0 .75rem; color: var(--soft); }
input, select, textarea { display: block; width: 100%; max-width: 26rem; margin-top: .25rem;
  padding: .5rem .625rem; font: inherit; color: var(--text); background: var(--back);
  border: 1px solid var(--line); border-radius: .375rem; }
textarea { min-height: 4.5rem; resize: vertical; }
button { padding: .5625rem 1.125rem; font: inherit; cursor: pointer; color: var(--card);
  background: var(--key); border: 1px solid var(--key); border-radius: .375rem; }
button.plain { color: var(--key); background: transparent; }
.pages { margin: .75rem 0 0; display: flex; gap: 1rem; }
details { margin: .75rem 0 0; }
summary { cursor: pointer; color: var(--key); width: fit-content; }
details form { margin-top: .75rem; }
@media (max-width: 34rem) {
  section, form.card { padding: .875rem 1rem; }
  dl, .row { grid-template-columns: 1fr; gap: 0; }
  .row .right { text-align: left; }
  dd { margin-bottom: .625rem; }
}
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_PAGE = Markup(
    """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body><main>
{content}
</main></body>
</html>
"""
)
NOTHING = Markup("")


def frame(
    title: str,
    content: Iterable[Markup],
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page of the parts in their order."""
    html = _PAGE.format(title=title, style=STYLE, content=joined(content))
    return HTMLResponse(html, status, {"Content-Security-Policy": _POLICY, **(headers or {})})


def joined(parts: Iterable[Markup]) -> Markup:
    """Parts one below the other, without the empty ones."""
    return Markup("\n").join(part for part in parts if part)


def rows(pairs: Iterable[tuple[str, str | Markup]]) -> Markup:
    """A list of names with their values; what is not known is left out."""
    row = Markup("<dt>{}</dt><dd>{}</dd>")
    found = joined(row.format(name, value) for name, value in pairs if value)
    return Markup("<dl>\n{}\n</dl>").format(found) if found else NOTHING


def section(title: str, *content: Markup) -> Markup:
    """A part of a page, with its heading; nothing where it would be empty."""
    found = joined(content)
    return Markup("<section><h2>{}</h2>\n{}</section>").format(title, found) if found else NOTHING


def button(words: str, deed: str, *, plain: bool = False) -> Markup:
    """The button of a form that says what is to be done."""
    kind = Markup(' class="plain"') if plain else NOTHING
    return Markup('<button type="submit" name="do" value="{}"{}>{}</button>').format(
        deed, kind, words
    )


def form(*content: Markup, word: str = "", card: bool = False) -> Markup:
    """A form that posts to the page that it is on."""
    proof = Markup('<input type="hidden" name="word" value="{}">').format(word) if word else NOTHING
    kind = Markup(' class="card"') if card else NOTHING
    return Markup('<form method="post"{}>{}{}</form>').format(kind, proof, joined(content))


def fold(words: str, *content: Markup) -> Markup:
    """Something that is seldom wanted, behind a word that opens it."""
    return Markup("<details><summary>{}</summary>{}</details>").format(words, joined(content))


def web_link(address: str) -> Markup | str:
    """A link that can be followed, where it is one of the web; else its bare text."""
    if not address.lower().startswith(("https://", "http://")):
        return address
    return Markup('<a href="{0}" rel="noreferrer noopener">{0}</a>').format(address)


def phone_link(number: str) -> Markup | str:
    """A number that can be called, where it is one; else its bare text."""
    dialled = "".join(each for each in number if each in "+0123456789")
    if not dialled.strip("+") or set(number) - set("+0123456789 ()/.-"):
        return number
    return Markup('<a href="tel:{}">{}</a>').format(dialled, number)


def mail_link(address: str) -> Markup | str:
    """An address that can be written to; nothing in it becomes a header of that mail."""
    if not address:
        return ""
    safe = quote(address, safe="@", errors="replace")
    return Markup('<a href="mailto:{}">{}</a>').format(safe, address)
