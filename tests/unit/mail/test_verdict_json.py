import json

from foreign_mails import RULES, a_group, a_mail, a_report, parts

from sequencer.mail.classify import classify
from sequencer.mail.verdict_json import verdict_as_json


def shown(raw: bytes) -> dict[str, object]:
    verdict = verdict_as_json(classify(raw, RULES))
    assert json.loads(json.dumps(verdict)) == verdict
    return verdict


def test_reply() -> None:
    """A reply has its words, what they come to, and no recipients."""
    verdict = shown(a_mail(text="Please talk to Tom Hill, tom@prospect.example."))
    assert verdict["kind"] == "reply"
    assert verdict["intent"] == "referral"
    assert verdict["named"] == [{"name": "Tom Hill", "email": "tom@prospect.example"}]
    assert verdict["recipients"] == []
    assert verdict["version"] == RULES.version
    assert verdict["evidence"] == [
        {
            "where": "text",
            "words": "talk to",
            "at": 7,
            "rule": "en/referral: talk|speak|write|turn to|with",
        }
    ]


def test_bounce() -> None:
    """A bounce says who, what became of the mail, and whether an address is dead."""
    dead = a_group("gone@prospect.example", "5.1.1", "550 5.1.1 no such user")
    full = a_group("full@prospect.example", "5.2.2", "552 5.2.2 mailbox full")
    both = shown(a_report(dead, full))
    assert both["recipients"] == ["gone@prospect.example", "full@prospect.example"]
    assert (both["kind"], both["action"], both["permanent"]) == ("bounce", "failed", True)
    assert shown(a_report(full))["permanent"] is False
    late = shown(a_report(a_group("slow@prospect.example", "4.4.1", "timed out", "delayed")))
    assert (late["action"], late["permanent"]) == ("delayed", False)
    assert shown(a_report())["permanent"] is False


def test_complaint() -> None:
    """A complaint names who complained, if it is told."""
    for field, people in (("Original-Rcpt-To: zoe@x.example", ["zoe@x.example"]), ("X: y", [])):
        raw = a_mail(
            "Content-Type: multipart/report; boundary=b",
            text=parts(f"Content-Type: message/feedback-report\n\n{field}"),
        )
        verdict = shown(raw)
        assert (verdict["kind"], verdict["recipients"]) == ("complaint", people)


def test_auto_reply() -> None:
    """An automatic reply tells why, the day of return, and whom to write to, if it does."""
    text = "I am away until 3 March. Contact tom@prospect.example."
    verdict = shown(a_mail("Subject: OOO", text=text))
    assert verdict["auto_reply"] == "out_of_office"
    assert (verdict["return_on"], verdict["resume_on"]) == ("2027-03-04", "2027-03-04")
    assert verdict["contact"] == {"name": "", "email": "tom@prospect.example"}
    assert shown(a_mail("Subject: OOO", text="away"))["return_on"] is None


def test_opt_out() -> None:
    """An opt-out says for whom."""
    assert shown(a_mail(text="Please remove me."))["scope"] == "person"


def test_meeting() -> None:
    """A calendar mail says what becomes of the meeting."""
    raw = a_mail("Content-Type: text/calendar", text="BEGIN:VCALENDAR\nMETHOD:CANCEL\n")
    assert shown(raw)["meeting_status"] == "cancelled"
    event = (
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1\nDTSTART:20270305T090000Z\n"
        "ORGANIZER:mailto:rep@sender.example\n"
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:zoe@prospect.example\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    assert shown(a_mail("Content-Type: text/calendar", text=event))["events"] == [
        {
            "method": "REPLY",
            "uid": "1",
            "recurrence_id": "",
            "revision": 0,
            "meaning": "booked",
            "starts_at": "2027-03-05T09:00:00+00:00",
            "ends_at": None,
            "tz": "",
            "summary": "",
            "organiser": "rep@sender.example",
            "attendees": [{"email": "zoe@prospect.example", "answer": "ACCEPTED"}],
        }
    ]
