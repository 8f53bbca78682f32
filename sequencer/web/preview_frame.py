"""A mail as the document of a frame that may do nothing: no script, no loading, no way out."""

from html import escape

from markupsafe import Markup

from sequencer.engine.preview_mail import MailPreview

FRAME_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
SCHEMES = {"light": "light", "dark": "dark"}
_STYLE = (
    "body{margin:16px;font:15px/1.5 Arial,Helvetica,sans-serif;overflow-wrap:anywhere}"
    "pre{white-space:pre-wrap;font:inherit;margin:0}img{max-width:100%}"
)
_DOCUMENT = """<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width">
<base target="_blank"><style>:root{{color-scheme:{scheme}}}{style}</style></head>
<body>{body}</body></html>"""


def document(mail: MailPreview, theme: str) -> str:
    """The mail's HTML, or its text where it has none, as a document of its own.

    Where it hangs or what it says does not matter: a link in it leads nowhere, as the frame may
    open no window.
    """
    body = mail.html if mail.html is not None else f"<pre>{escape(mail.text)}</pre>"
    scheme = SCHEMES.get(theme, "light dark")
    return _DOCUMENT.format(policy=escape(FRAME_POLICY), scheme=scheme, style=_STYLE, body=body)


def frame_of(mail: MailPreview, theme: str, title: str, kind: str) -> Markup:
    """The frame, without any of the rights that a frame may have."""
    return Markup(
        '<figure class="{}"><figcaption>{}</figcaption>'
        '<iframe sandbox="" title="{}" referrerpolicy="no-referrer" srcdoc="{}"></iframe></figure>'
    ).format(kind, title, f"The mail, {title}", document(mail, theme))
