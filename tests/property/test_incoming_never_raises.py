import json
from collections.abc import Callable

import pytest
from foreign_mails import RULES, a_group, a_machine_mail, a_mail, a_report, parts
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from steps import grows_linearly

from sequencer.mail.classify import classify
from sequencer.mail.verdict import Kind, Verdict
from sequencer.mail.verdict_json import verdict_as_json

GOOD = (
    a_mail(),
    a_mail("Auto-Submitted: auto-replied", text="Ich bin bis 3. März 2027 im Urlaub."),
    a_mail("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", text="Please unsubscribe me."),
    a_report(a_group("gone@prospect.example", "5.1.1", "550 5.1.1 User unknown")),
    a_machine_mail("failure notice", "<gone@prospect.example>:\n550 no\n\n--- Original message\n"),
    a_mail(
        "Content-Type: multipart/alternative; boundary=b",
        text=parts(
            "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
            "PHA+WWVzPC9wPjxkaXYgY2xhc3M9ImdtYWlsX3F1b3RlIj5vbGQ8L2Rpdj4=",
            "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR",
        ),
    ),
    a_mail(
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
        text=parts("Content-Type: message/feedback-report\n\nFeedback-Type: abuse"),
    ),
)
SPLINTERS = st.sampled_from(
    [
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"=?x?q?",
        b"?=",
        b"\n--b\n",
        b"\n--b--\n",
        b"\r",
        b"\n\n",
        b"\n ",
        b"<",
        b'"',
        b"(",
        b"\n>",
        b"\nOn 3 March 2027 <a@b> wrote:\n",
        b"\nFrom: a@b\n",
        b"&#" + b"9" * 5_000,
        b"<![x[",
        b"boundary=",
        b"charset=punycode ",
        b"until 3/3 ",
        b"550 5.1.1 ",
    ]
)


def is_sound(verdict: Verdict) -> None:
    """The verdict can be stored and shown: no lone surrogate, no NUL, aware dates."""
    incoming = verdict.incoming
    shown = json.dumps(verdict_as_json(verdict), ensure_ascii=False)
    texts = [shown, incoming.text, incoming.subject, incoming.sender, incoming.sender_name]
    texts += [incoming.message_id, *incoming.references, *incoming.recipients]
    texts += [value for values in incoming.headers.values() for value in values]
    texts += [part.content_type for part in incoming.parts]
    texts += [value for part in incoming.parts for value in part.params.values()]
    assert "\x00" not in "".join(texts).encode().decode()
    assert incoming.date is None or incoming.date.tzinfo is not None
    assert verdict.kind in Kind
    assert (verdict.kind is Kind.AUTO_REPLY) == (verdict.auto_reply is not None)
    assert verdict.kind is not Kind.BOUNCE or verdict.report is not None


@given(st.binary(max_size=2_000))
@example(b"")
@example(b"\n")
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n--")
def test_any_bytes(raw: bytes) -> None:
    """Bytes of no form at all give a verdict."""
    is_sound(classify(raw, RULES))


@st.composite
def mutations(draw: st.DrawFn) -> bytes:
    """A good mail, cut, with splinters of what is known to hurt, and with parts of another."""
    raw = draw(st.sampled_from(GOOD))
    for _ in range(draw(st.integers(1, 6))):
        at, to = sorted((draw(st.integers(0, len(raw))), draw(st.integers(0, len(raw)))))
        piece = draw(
            st.one_of(
                SPLINTERS,
                st.binary(max_size=20),
                st.sampled_from(GOOD),
                st.just(raw[at:to] * 2),
            )
        )
        cut = draw(st.booleans())
        raw = raw[:at] + piece + raw[to if cut else at :]
    return raw


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(mutations())
def test_mutations(raw: bytes) -> None:
    """A mail that broke on its way gives a verdict."""
    is_sound(classify(raw, RULES))


@given(st.integers(0, 2_000))
def test_truncation(end: int) -> None:
    """A mail cut anywhere gives a verdict, and one that was cut when it was fetched says so."""
    for raw in GOOD:
        verdict = classify(raw[:end], RULES, truncated=True)
        is_sound(verdict)
        assert verdict.unreadable


def headed(line: bytes) -> bytes:
    return b"From: zoe@prospect.example\nIn-Reply-To: <m1@sender.example>\n" + line


def typed(kind: str, body: bytes, charset: str = "utf-8") -> bytes:
    return headed(f"Content-Type: {kind}; charset={charset}\n\n".encode() + body)


BOMBS: dict[str, Callable[[], bytes]] = {
    "1,500 nested multiparts": lambda: headed(
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
            for level in range(1_500)
        )
    ),
    "200,000 parts": lambda: headed(
        b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 200_000
    ),
    "100,000 encoded words": lambda: headed(b"Subject: " + b"=?utf-8?q?a?= " * 100_000 + b"\n\n"),
    "100,000 addresses": lambda: headed(b"To: " + b"a@b.example, " * 100_000 + b"\n\n"),
    "parentheses": lambda: headed(b"To: " + b"(" * 100_000 + b"\n\n"),
    "100,000 parameters": lambda: headed(b"Content-Type: text/plain; " + b"a=b; " * 100_000),
    "100,000 folds": lambda: headed(b"Subject: a\n" + b" b\n" * 100_000 + b"\n"),
    "11 MB": lambda: headed(b"\n" + b"a\n" * 5_500_000),
    "html over a megabyte": lambda: typed("text/html", b"<p>x</p>" * 140_000),
    "text over 256 kB": lambda: typed("text/plain", b"x\n" * 140_000),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=list(BOMBS))
def test_bombs(bomb: Callable[[], bytes]) -> None:
    """What is too much is cut and named, and who wrote is still known."""
    verdict = classify(bomb(), RULES)
    is_sound(verdict)
    assert verdict.unreadable
    assert verdict.incoming.sender == "zoe@prospect.example"
    assert verdict.incoming.in_reply_to == ("<m1@sender.example>",)


def test_deep_but_small() -> None:
    """Short lines below 95 levels are not compared with each level."""
    levels = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level)
        for level in range(95)
    )
    verdict = classify(headed(levels + b"\n--\n" * 60_000), RULES)
    is_sound(verdict)
    assert verdict.incoming.problems == ()


@pytest.mark.parametrize(
    "charset",
    [
        "x-unknown",
        "punycode",
        "idna",
        "hex",
        "unicode_escape",
        "utf-7",
        "utf-16",
        "utf-32",
        "gb18030",
        "hz",
        "iso-2022-jp",
        "iso-2022-kr",
        "shift_jis",
        "euc-kr",
        "big5",
        "cp1252",
        "koi8-r",
        "é",
    ],
)
def test_charsets(charset: str) -> None:
    """Every byte under every charset is some text."""
    body = bytes(range(256)) * 8
    for kind in ("text/plain", "text/html"):
        is_sound(classify(typed(kind, body, charset), RULES))


@given(st.sampled_from(["From", "Subject", "To", "Content-Type", "Date"]), st.binary(max_size=200))
def test_any_header(name: str, value: bytes) -> None:
    """A header may hold anything, surrogates and NUL among it."""
    is_sound(classify(headed(name.encode() + b": " + value + b"\n\nYes."), RULES))


UNITS = [
    "\n",
    " ",
    "\n--\n",
    "On 1\n",
    "From: x\n",
    "--\n",
    ">\n",
    "550 5.1.1 a@b.co\n",
    "a@b.co ",
    "until 3 March ",
    "1/1/",
    "Final-Recipient: rfc822; a@b.co\n",
    "don't stop emailing ",
    "hello\n\n",
    "\u914d\u4fe1",
    "please remove my ",
]
HEADERS = ["", "Auto-Submitted: auto-replied\n", "From: postmaster@x.example\n", "List-Id: x\n"]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("header", HEADERS)
def test_quarter_of_a_megabyte(header: str, unit: str) -> None:
    """Text of the largest size that is read in full passes every reader within a test's time."""
    body = (unit * (262_144 // len(unit) + 1))[:262_000]
    raw = header.encode() + headed(b"Date: Mon, 01 Mar 2027 10:00:00 +0000\n\n" + body.encode())
    is_sound(classify(raw, RULES))


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("header", HEADERS)
def test_work_is_linear(header: str, unit: str) -> None:
    """Twice the text is about twice the work for all readers together, or less behind a cap."""
    start = header.encode() + headed(b"Date: Mon, 01 Mar 2027 10:00:00 +0000\n\n")
    assert grows_linearly(lambda body: classify(start + body.encode(), RULES), unit)


@pytest.mark.parametrize(
    "unit", ["X: y\n", "X: y\n z\n", "To: a@b.co\n", "To: (\n (\n", "Date: x\n"]
)
def test_work_on_headers_is_linear(unit: str) -> None:
    """The same for headers."""
    assert grows_linearly(lambda block: classify(block.encode(), RULES), unit)
