"""Whatever people write, the bytes say exactly that, and nothing can add a line to the headers."""

import email
import email.policy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.message import EmailMessage
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sequencer.mail.compose import ComposeError, compose
from sequencer.mail.draft import Draft, Mailbox
from sequencer.mail.header import SOFT_LIMIT

BIDI_CONTROLS = [chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))]
ATEXT = "abcXYZ019!#$%&'*+/=?^_`{|}~-"
NAMES = {
    *("From", "To", "Subject", "Date", "Message-ID", "In-Reply-To", "References"),
    *("List-Unsubscribe", "List-Unsubscribe-Post", "X-Sequencer-Ref", "MIME-Version"),
    *("Content-Type", "Content-Transfer-Encoding"),
}

written = st.characters(
    exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters=BIDI_CONTROLS
)
pieces = st.sampled_from(
    [
        *(" ", "  ", " ", ". ", ", ", "=?", "?=", "=?utf-8?q?x?=", '"', "\\", "<a@b>", "(c)", ":"),
        *(
            "Ana",
            "question",
            "Zoë",
            "李小龍",
            "مرحبا",
            "שלום",
            "e\u0301",
            "👩‍💻",
            "🇪🇸",
            "x" * 90,
            "é" * 60,
        ),
        "Константин Константинопольский",
    ]
)
lines_of_text = st.lists(pieces | st.text(written, max_size=4), max_size=12).map("".join)
body_pieces = st.sampled_from(
    [
        *("\n", "\n", "\r\n", "\r", ".", "..", " ", "\t", "=", "=20", "-- ", "--", "From ", "\0"),
        *(
            "x" * 2000,
            "y" * 73,
            "é" * 30,
            "👩‍💻",
            "e\u0301",
            "שלום",
            "\x0c",
            "\x85",
            "\u2028",
            "<p>Hi</p>",
        ),
    ]
)
bodies = (
    st.lists(body_pieces | st.text(max_size=5), max_size=12)
    .map("".join)
    .map(lambda text: text.encode("utf-8", "ignore").decode())
)
atoms = st.text(ATEXT, min_size=1, max_size=20)
locals_ = st.lists(atoms, min_size=1, max_size=3).map(".".join)
labels = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?", fullmatch=True)
domains = st.lists(labels, min_size=1, max_size=3).map(".".join)
addresses = st.builds("{}@{}".format, locals_, domains)
tokens = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<>,@?"), min_size=1
)
ids = st.builds("<{}@{}>".format, tokens, tokens)
uris = st.builds("{}:{}".format, st.sampled_from(["https", "http", "mailto"]), tokens)
zones = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.builds(datetime.fromtimestamp, st.integers(0, 2**32), zones)
drafts = st.builds(
    Draft,
    message_id=ids,
    date=moments,
    sender=st.builds(Mailbox, addresses, lines_of_text),
    recipient=st.builds(Mailbox, addresses, lines_of_text),
    subject=lines_of_text,
    text=bodies,
    html=st.none() | bodies,
    in_reply_to=st.none() | ids,
    references=st.lists(ids, max_size=25).map(tuple),
    list_unsubscribe=st.lists(uris, max_size=3).map(tuple),
    ref=st.just("") | tokens,
)


PLACES: list[Callable[[Draft, str], Draft]] = [
    lambda draft, text: replace(draft, message_id=text),
    lambda draft, text: replace(draft, sender=Mailbox("a@b.example", text)),
    lambda draft, text: replace(draft, recipient=Mailbox(f"{text}@b.example")),
    lambda draft, text: replace(draft, recipient=Mailbox(f"a@{text}")),
    lambda draft, text: replace(draft, subject=text),
    lambda draft, text: replace(draft, text=text),
    lambda draft, text: replace(draft, html=text),
    lambda draft, text: replace(draft, in_reply_to=f"<{text}@b.example>"),
    lambda draft, text: replace(draft, references=("<a@b.example>", f"<a@{text}>")),
    lambda draft, text: replace(draft, list_unsubscribe=(f"https://{text}",)),
    lambda draft, text: replace(draft, ref=text),
]


def parsed(raw: bytes) -> EmailMessage:
    """The mail as the standard library's present parser reads it."""
    return email.message_from_bytes(raw, policy=email.policy.default)


def unfolded(raw: bytes, name: str) -> str:
    """Value of a header, unread, with its line breaks taken out; empty if there is none."""
    value = email.message_from_bytes(raw, policy=email.policy.compat32).get(name, "")
    return re.sub(r"\r\n(?=[ \t])", "", value)


def name_in(raw: bytes, name: str) -> str:
    """Display name of a header, read by RFC 2047.

    Python's address parser loses spaces at the end of a name other than the plain one, and before
    3.12.9 puts one between neighbouring encoded words.
    """
    phrase = unfolded(raw, name).rpartition(" ")[0]
    if phrase[:1] == '"':
        return re.sub(r"\\(.)", r"\1", phrase[1:-1])
    return str(make_header(decode_header(phrase)))


def one_spaced(name: str) -> str:
    """Name without the spaces that mean nothing."""
    return re.sub(" +", " ", name).strip(" ")


def lines_as_lf(text: str) -> str:
    """Text with its line breaks in one form."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


@given(drafts)
def test_headers_for_people(draft: Draft) -> None:
    """Subject and names are read as they were written, addresses and date as well."""
    raw = compose(draft)
    mail = parsed(raw)
    assert str(mail["Subject"]) == draft.subject
    assert mail["Date"].datetime == draft.date
    assert mail["Date"].datetime.utcoffset() == draft.date.utcoffset()
    for name, mailbox in (("From", draft.sender), ("To", draft.recipient)):
        (address,) = mail[name].addresses
        assert address.addr_spec == mailbox.address
        assert name_in(raw, name) == one_spaced(mailbox.name)
        if unfolded(raw, name).count("=?") <= 1:
            assert address.display_name.split() == mailbox.name.split()
        assert not mail[name].defects


@given(drafts)
def test_headers_for_machines(draft: Draft) -> None:
    """Identifiers and URIs stand in the bytes unencoded, one space apart, nothing lost."""
    raw = compose(draft)
    unsubscribe = ", ".join(f"<{uri}>" for uri in draft.list_unsubscribe)
    assert unfolded(raw, "Message-ID") == draft.message_id
    assert unfolded(raw, "In-Reply-To") == (draft.in_reply_to or "")
    assert unfolded(raw, "References") == " ".join(draft.references)
    assert unfolded(raw, "List-Unsubscribe") == unsubscribe
    assert unfolded(raw, "X-Sequencer-Ref") == draft.ref


@given(drafts)
def test_bodies(draft: Draft) -> None:
    """Both parts are read as they were written; a mail of one part ends with a line break."""
    mail = parsed(compose(draft))
    if draft.html is None:
        text = lines_as_lf(str(draft.text))
        whole = text if text.endswith("\n") else text + "\n"
        assert lines_as_lf(mail.get_content()) == whole
        return
    plain, html = mail.iter_parts()
    assert [part.get_content_type() for part in (plain, html)] == ["text/plain", "text/html"]
    assert lines_as_lf(plain.get_content()) == lines_as_lf(str(draft.text))
    assert lines_as_lf(html.get_content()) == lines_as_lf(str(draft.html))
    assert not mail.defects


@given(drafts)
def test_bytes_on_the_wire(draft: Draft) -> None:
    """ASCII in lines that end with CRLF, none too long or blank in the headers, each field once."""
    raw = compose(draft)
    assert raw.isascii()
    assert raw.endswith(b"\r\n")
    lines = raw.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line or b"\0" in line for line in lines)
    assert max(map(len, lines)) <= 998
    headers, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= SOFT_LIMIT
    assert all(line.strip() for line in headers.split(b"\r\n"))
    names = [line.partition(":")[0] for line in re.split(r"\r\n(?![ \t])", headers.decode())]
    assert len(names) == len(set(names))
    assert set(names) <= NAMES


@given(drafts)
def test_same_bytes(draft: Draft) -> None:
    """A draft gives the same bytes each time, which a second attempt relies on."""
    assert compose(draft) == compose(draft)


@given(drafts, st.data())
def test_same_bytes_from_blocks(draft: Draft, data: st.DataObject) -> None:
    """Where a text is cut into blocks makes no difference to the bytes."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", str(draft.text))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(lines)), max_size=5)))
    ends = [0, *cuts, len(lines)]
    blocks = tuple("".join(lines[start:end]) for start, end in pairwise(ends))
    assert compose(replace(draft, text=blocks)) == compose(draft)


@given(
    drafts,
    st.sampled_from(PLACES),
    st.sampled_from(["\r\nBcc: x@y.example", "\nBcc: x", "\rBcc: x", "\0", "\x85", "\u2028"])
    | st.text(),
    st.text(max_size=5),
)
def test_nothing_adds_a_header(
    draft: Draft, place: Callable[[Draft, str], Draft], poison: str, before: str
) -> None:
    """Any text in any field is refused or stays inside its field."""
    try:
        raw = compose(place(draft, before + poison))
    except ComposeError:
        return
    mail = parsed(raw)
    assert set(mail.keys()) <= NAMES
    assert len(mail.keys()) == len(set(mail.keys()))
    assert raw.isascii()
