import pytest
from foreign_mails import OURS, RULES, a_group, a_mail, a_report, parts

from sequencer.mail.classify import classify
from sequencer.mail.verdict import Kind

CALENDAR = "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:{}\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR"
QUOTED = (
    "Yes, call me.\n\nOn Mon, Mar 1, 2027 at 9:01 AM Rep <rep@sender.example> wrote:\n\n"
    "> Hello Zoe,\n> If this is not for you, reply `stop` or unsubscribe: https://go.example/u/x\n"
)


def calendar(method: str, kind: str = "text/calendar") -> bytes:
    return a_mail(
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative; boundary=b",
        text=parts(
            "Content-Type: text/plain\n\nZoe accepted.",
            f"Content-Type: {kind}; charset=utf-8\n\n{CALENDAR.format(method)}",
        ),
    )


def test_reply() -> None:
    """A person's answer is what is left."""
    verdict = classify(a_mail(), RULES)
    assert (verdict.kind, verdict.new_text, verdict.unreadable) == (
        Kind.REPLY,
        "Yes, call me.",
        False,
    )
    assert (verdict.report, verdict.complaint, verdict.auto_reply) == (None, None, None)


def test_bounce_that_looks_like_a_reply() -> None:
    """A report of Gmail answers our mail and calls itself an automatic reply."""
    verdict = classify(a_report(a_group("gone@prospect.example", "5.1.1", "550 5.1.1 no")), RULES)
    assert verdict.kind is Kind.BOUNCE
    assert verdict.report is not None
    assert verdict.report.original_message_id == "<m1@sender.example>"


def test_receipt_of_delivery() -> None:
    """That a mail arrived is neither a bounce nor a reply."""
    verdict = classify(a_report(a_group("zoe@prospect.example", "2.0.0", "ok", "delivered")), RULES)
    assert verdict.kind is Kind.OTHER
    assert verdict.report is not None


def test_complaint() -> None:
    """A complaint says of which kind it is."""
    raw = a_mail(
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b",
        text=parts(
            "Content-Type: message/feedback-report\n\nFeedback-Type: abuse",
            f"Content-Type: message/rfc822\n\n{OURS}",
        ),
    )
    verdict = classify(raw, RULES)
    assert (verdict.kind, verdict.because) == (
        Kind.COMPLAINT,
        "part message/feedback-report: abuse",
    )
    assert verdict.complaint is not None
    assert verdict.complaint.original_message_id == "<m1@sender.example>"


@pytest.mark.parametrize("kind", ["text/calendar", "application/ics"])
@pytest.mark.parametrize("method", ["REQUEST", "REPLY", "CANCEL", "COUNTER", " request"])
def test_calendar(method: str, kind: str) -> None:
    """An object that wants or gives an answer is a meeting, though its mail looks automatic."""
    verdict = classify(calendar(method, kind), RULES)
    assert (verdict.kind, verdict.because) == (
        Kind.CALENDAR,
        f"part text/calendar: METHOD:{method.strip().upper()}",
    )


def test_ticket_is_no_meeting() -> None:
    """A date to be noted makes no meeting of a mail."""
    assert classify(calendar("PUBLISH"), RULES).kind is Kind.AUTO_REPLY
    assert (
        classify(a_mail("Content-Type: text/calendar", text="BEGIN:VCALENDAR"), RULES).kind
        is Kind.REPLY
    )


def test_auto_reply() -> None:
    """An absence notice comes with its date."""
    verdict = classify(a_mail("Auto-Submitted: auto-replied", text="Back on 3 March."), RULES)
    assert (verdict.kind, verdict.because) == (
        Kind.AUTO_REPLY,
        "header auto-submitted: auto-replied",
    )
    assert verdict.auto_reply is not None
    assert verdict.auto_reply.returns is not None


def test_opt_out() -> None:
    """An opt-out shows the words it was made with."""
    verdict = classify(a_mail(text="Please remove me from your list."), RULES)
    assert verdict.kind is Kind.OPT_OUT
    assert verdict.because.startswith("text: ")
    assert "remove me" in verdict.because


def test_own_footer_is_no_opt_out() -> None:
    """Our own sentence on opting out, quoted below an answer, opts nobody out."""
    verdict = classify(a_mail(text=QUOTED), RULES)
    assert (verdict.kind, verdict.new_text) == (Kind.REPLY, "Yes, call me.")


@pytest.mark.parametrize(
    "headers",
    [
        ("Subject: unsubscribe AbC-123_x", "In-Reply-To"),
        ("Subject: unsubscribe", "In-Reply-To", "Auto-Submitted: auto-replied"),
        ("Subject: x", "Auto-Submitted: auto-replied", "X-Apple-Unsubscribe: true"),
    ],
)
def test_unsubscribe_button(headers: tuple[str, ...]) -> None:
    """The press on a button is the person's wish, though a machine wrote the mail."""
    assert classify(a_mail(*headers, text="Sent by a mail program."), RULES).kind is Kind.OPT_OUT


@pytest.mark.parametrize(
    "header",
    ["List-Id: <news.example>", "List-Unsubscribe: <mailto:x@y.example>", "Precedence: bulk"],
)
def test_list(header: str) -> None:
    """List and bulk mail is nobody's answer, and its footer no opt-out; but an answer is one."""
    text = "News!\nPlease unsubscribe me links are below."
    assert classify(a_mail(header, "In-Reply-To", text=text), RULES).kind is Kind.OTHER
    for answer in ("In-Reply-To: <m1@sender.example>", "References: <m1@sender.example>"):
        assert classify(a_mail(header, "In-Reply-To", answer), RULES).kind is Kind.REPLY
        stop = a_mail(header, "In-Reply-To", answer, text="Please remove me.")
        assert classify(stop, RULES).kind is Kind.OPT_OUT


def test_receipt_of_display() -> None:
    """That our mail was displayed is no answer."""
    raw = a_mail(
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        text=parts("Content-Type: text/plain\n\nYour message was read."),
    )
    verdict = classify(raw, RULES)
    assert (verdict.kind, verdict.because) == (
        Kind.OTHER,
        "header content-type: disposition-notification",
    )


def test_unreadable() -> None:
    """What was cut is said beside the kind, since it may hide a stop."""
    assert classify(a_mail(), RULES, truncated=True).unreadable
    assert classify(b"", RULES).unreadable
    assert classify(b"", RULES).kind is Kind.REPLY
