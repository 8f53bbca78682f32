import pytest
from foreign_mails import OURS, a_group, a_mail, a_report, parts

from sequencer.mail.classify import Kind, classify

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
    verdict = classify(a_mail())
    assert (verdict.kind, verdict.new_text, verdict.unreadable) == (
        Kind.REPLY,
        "Yes, call me.",
        False,
    )
    assert (verdict.report, verdict.complaint, verdict.auto_reply) == (None, None, None)


def test_bounce_that_looks_like_a_reply() -> None:
    """A report of Gmail answers our mail and calls itself an automatic reply."""
    verdict = classify(a_report(a_group("gone@prospect.example", "5.1.1", "550 5.1.1 no")))
    assert verdict.kind is Kind.BOUNCE
    assert verdict.report is not None
    assert verdict.report.original_message_id == "<m1@sender.example>"


def test_receipt_of_delivery() -> None:
    """That a mail arrived is neither a bounce nor a reply."""
    verdict = classify(a_report(a_group("zoe@prospect.example", "2.0.0", "ok", "delivered")))
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
    verdict = classify(raw)
    assert (verdict.kind, verdict.evidence) == (Kind.COMPLAINT, "feedback-report: abuse")
    assert verdict.complaint is not None
    assert verdict.complaint.original_message_id == "<m1@sender.example>"


@pytest.mark.parametrize("kind", ["text/calendar", "application/ics"])
@pytest.mark.parametrize("method", ["REQUEST", "REPLY", "CANCEL", "COUNTER", " request"])
def test_calendar(method: str, kind: str) -> None:
    """An object that wants or gives an answer is a meeting, though its mail looks automatic."""
    verdict = classify(calendar(method, kind))
    assert (verdict.kind, verdict.evidence) == (
        Kind.CALENDAR,
        f"METHOD:{method.strip().upper()}",
    )


def test_ticket_is_no_meeting() -> None:
    """A date to be noted makes no meeting of a mail."""
    assert classify(calendar("PUBLISH")).kind is Kind.AUTO_REPLY
    assert (
        classify(a_mail("Content-Type: text/calendar", text="BEGIN:VCALENDAR")).kind is Kind.REPLY
    )


def test_auto_reply() -> None:
    """An absence notice comes with its date."""
    verdict = classify(a_mail("Auto-Submitted: auto-replied", text="Back on 3 March."))
    assert (verdict.kind, verdict.evidence) == (Kind.AUTO_REPLY, "Auto-Submitted: auto-replied")
    assert verdict.auto_reply is not None
    assert verdict.auto_reply.returns is not None


def test_opt_out() -> None:
    """An opt-out shows the words it was made with."""
    verdict = classify(a_mail(text="Please remove me from your list."))
    assert (verdict.kind, verdict.evidence) == (Kind.OPT_OUT, "remove me")


def test_own_footer_is_no_opt_out() -> None:
    """Our own sentence on opting out, quoted below an answer, opts nobody out."""
    verdict = classify(a_mail(text=QUOTED))
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
    assert classify(a_mail(*headers, text="Sent by a mail program.")).kind is Kind.OPT_OUT


@pytest.mark.parametrize(
    "header",
    ["List-Id: <news.example>", "List-Unsubscribe: <mailto:x@y.example>", "Precedence: bulk"],
)
def test_list(header: str) -> None:
    """List and bulk mail is nobody's answer, and its footer no opt-out; but an answer is one."""
    text = "News!\nPlease unsubscribe me links are below."
    assert classify(a_mail(header, "In-Reply-To", text=text)).kind is Kind.OTHER
    for answer in ("In-Reply-To: <m1@sender.example>", "References: <m1@sender.example>"):
        assert classify(a_mail(header, "In-Reply-To", answer)).kind is Kind.REPLY
        stop = a_mail(header, "In-Reply-To", answer, text="Please remove me.")
        assert classify(stop).kind is Kind.OPT_OUT


def test_receipt_of_display() -> None:
    """That our mail was displayed is no answer."""
    raw = a_mail(
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=b",
        text=parts("Content-Type: text/plain\n\nYour message was read."),
    )
    verdict = classify(raw)
    assert (verdict.kind, verdict.evidence) == (Kind.OTHER, "disposition-notification")


def test_unreadable() -> None:
    """What was cut is said beside the kind, since it may hide a stop."""
    assert classify(a_mail(), truncated=True).unreadable
    assert classify(b"").unreadable
    assert classify(b"").kind is Kind.REPLY
