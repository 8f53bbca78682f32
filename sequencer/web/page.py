"""The three small pages behind an opt-out link: no script, no cookie, nothing loaded."""

import base64
import hashlib

from starlette.responses import HTMLResponse

_STYLE = """
:root { color-scheme: light dark; --text: #222; --back: #fafafa; --key: #14539a; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8e8e8; --back: #1b1b1b; --key: #7fb4ee; }
}
body { margin: 0; min-height: 100vh; display: grid; place-content: center; padding: 1.5rem;
  font: 1.125rem/1.6 system-ui, sans-serif; color: var(--text); background: var(--back); }
main { max-width: 30rem; }
h1 { font-size: 1.5rem; margin: 0 0 .5rem; }
button { margin-top: 1rem; padding: .75rem 1.5rem; font: inherit; cursor: pointer;
  color: var(--back); background: var(--key); border: 0; border-radius: .375rem; }
button:focus-visible { outline: 3px solid var(--text); outline-offset: 2px; }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body><main>
<h1>{title}</h1>
{content}
</main></body>
</html>
"""


def ask() -> HTMLResponse:
    """One question, one button."""
    content = (
        "<p>Press the button and we will not write to you again.</p>"
        '<form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        '<button type="submit">Stop writing to me</button></form>'
    )
    return _page("No more e-mail from us?", content)


def done() -> HTMLResponse:
    """The answer after the button, and to a mail program's one-click request."""
    content = "<p>It is done: we will not write to you again. You can close this page.</p>"
    return _page("You are off our list", content)


def try_again() -> HTMLResponse:
    """The opt-out counts, but is not yet kept in a second place: whoever asks again does good."""
    content = "<p>We could not write that down for good just now. Please try again later.</p>"
    return _page("Please try again", content, 503)


def unknown_link(status: int = 404) -> HTMLResponse:
    """The same for every link that is not ours, whatever is wrong with it."""
    content = (
        "<p>It may have been cut off by your mail program. A short reply to our mail, such as "
        "“please stop”, works just as well.</p>"
    )
    return _page("This link is not complete", content, status)


def _page(title: str, content: str, status: int = 200) -> HTMLResponse:
    html = _PAGE.format(title=title, style=_STYLE, content=content)
    return HTMLResponse(html, status_code=status, headers={"Content-Security-Policy": _POLICY})
