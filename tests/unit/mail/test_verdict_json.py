import json

from foreign_mails import a_group, a_mail, a_report, parts

from sequencer.mail.classify import classify
from sequencer.mail.verdict_json import verdict_as_json


def shown(raw: bytes) -> dict[str, object]:
    verdict = verdict_as_json(classify(raw))
    assert json.loads(json.dumps(verdict)) == verdict
    return verdict


def test_reply() -> None:
    """A reply has its words and no recipients."""
    assert shown(a_mail()) == {
        "kind": "reply",
        "evidence": "",
        "new_text": "Yes, call me.",
        "unreadable": False,
        "problems": [],
        "recipients": [],
    }


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
    assert "permanent" not in shown(a_report())


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
    """An automatic reply tells the day to go on, if it has one."""
    assert shown(a_mail("Subject: OOO", text="until 3 March"))["resume_on"] == "2027-03-04"
    assert "resume_on" not in shown(a_mail("Subject: OOO", text="away"))
