from datetime import UTC, datetime, timedelta

import pytest
from builders import a_prospect
from foreign_mails import a_group, a_mail, a_report, parts
from stage import Stage, a_loaded

from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.send import SendState
from sequencer.domain.task import TaskKind
from sequencer.mail.folder import Folder, InboxError
from sequencer.mail.unsubscribe import make_token
from sequencer.store import inbound, mailboxes, suppressions, tasks
from sequencer.store.database import Connection
from sequencer.store.inbound import SET_ASIDE

ZOE, ADA, BOSS = "zoe@bank.example", "ada@bank.example", "boss@bank.example"
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
TWO_WEEKS_ON = datetime(2026, 3, 16, 23, tzinfo=UTC)  # Tuesday in Madrid
STRANGE = "From: x@stranger.example"
FROM_ZOE = f"From: Zoe <{ZOE}>"
AWAY = "Auto-Submitted: auto-replied"


async def begin(stage: Stage, *addresses: str) -> str:
    """Everybody has had the first mail; the Message-ID of the first one's."""
    stage.begin(*(addresses or (ZOE,)))
    await stage.work()
    return str(stage.mails((addresses or (ZOE,))[0])[0]["Message-ID"])


async def receive(stage: Stage, raw: bytes, folder: Folder = Folder.INBOX) -> None:
    """A mail comes in, and is found by the next poll."""
    stage.inboxes["ana"].deliver(raw, folder)
    await stage.work(MINUTE)


def counts(stage: Stage) -> dict[str, int]:
    found: dict[str, int] = stage.read(inbound.counts)
    return found


def listed(stage: Stage) -> set[tuple[str, str]]:
    entries = stage.read(suppressions.listed)
    return {(each.suppression.key, str(each.suppression.reason)) for each in entries}


def token_of(stage: Stage, address: str = ZOE) -> str:
    return make_token(bytes.fromhex(stage.enrollment(address).key), stage.policy.keys)


def paused(stage: Stage, address: str = ZOE) -> PauseReason | None:
    enrollment = stage.enrollment(address)
    assert (enrollment.state is EnrollmentState.PAUSED) == (enrollment.pause_reason is not None)
    return enrollment.pause_reason


def ended(stage: Stage, address: str = ZOE) -> FinishReason | None:
    return stage.enrollment(address).finish_reason


async def silence(stage: Stage, address: str = ZOE) -> None:
    """Nothing more goes to this person, ever."""
    before = len(stage.mails(address))
    for _ in range(4):
        await stage.work(10 * DAY)
    assert len(stage.mails(address)) == before
    findings = stage.verify()
    assert findings.clean, findings.details


@pytest.mark.parametrize("folder", [Folder.INBOX, Folder.JUNK])
async def test_a_reply_stops(each_stage: Stage, folder: Folder) -> None:
    """A person's answer ends the cadence and cancels what was queued, also from Junk."""
    stage = each_stage
    sent = await begin(stage)
    await receive(stage, a_mail(FROM_ZOE, f"In-Reply-To: {sent}"), folder)
    assert ended(stage) is FinishReason.REPLIED
    assert [each.state for each in stage.sends(ZOE)] == [SendState.SENT, SendState.CANCELLED]
    assert stage.timeline(ZOE)[-4:] == ["received", "finished", "cancelled", "task"]
    await silence(stage)


async def test_a_reply_stops_every_cadence(stage: Stage) -> None:
    """An answer to one mail ends all cadences of the person, whatever mailbox they run from."""
    stage.apply(a_loaded(), a_loaded(cadence="other", mailboxes=["luis"]))
    stage.bring_in(ZOE)
    for slug in ("fintech-intro", "other"):
        stage.enroll(ZOE, slug=slug)
    await stage.work()
    await receive(stage, a_mail(FROM_ZOE, "In-Reply-To"))
    await silence(stage)
    assert stage.timeline(ZOE).count("finished") == 2


async def test_an_answer_from_another_address(stage: Stage) -> None:
    """Somebody else who answers our mail stops it for the person we wrote to."""
    sent = await begin(stage)
    await receive(stage, a_mail(f"From: {BOSS}", "In-Reply-To", f"References: <x@y> {sent}"))
    assert ended(stage) is FinishReason.REPLIED


@pytest.mark.parametrize(
    ("headers", "reason"), [((), None), ((AWAY,), PauseReason.AUTO_REPLY)], ids=["reply", "away"]
)
async def test_an_answer_to_a_mail_of_somebody_else(
    each_stage: Stage, headers: tuple[str, ...], reason: PauseReason | None
) -> None:
    """Who answers the mail of another person we write to has answered as well."""
    stage = each_stage
    sent = await begin(stage, ZOE, ADA)
    await receive(stage, a_mail(f"From: {ADA}", f"In-Reply-To: {sent}", *headers))
    for address in (ZOE, ADA):
        assert paused(stage, address) is reason
        assert ended(stage, address) is (None if reason else FinishReason.REPLIED)
        assert stage.timeline(address).count("received") == 1
    if reason is None:
        await silence(stage)
        await silence(stage, ADA)


async def test_an_answer_known_by_our_token_alone(stage: Stage) -> None:
    """An answer without any header of a thread is known by the link that it quotes."""
    await begin(stage)
    quoted = f"Call me!\n\n> https://seller.example/u/{token_of(stage)}\n"
    await receive(stage, a_mail(f"From: {BOSS}", "In-Reply-To", text=quoted))
    assert ended(stage) is FinishReason.REPLIED


async def test_a_stranger_changes_nothing(stage: Stage) -> None:
    """A mail of nobody we know is listed without its content."""
    await begin(stage)
    await receive(stage, a_mail(STRANGE, "In-Reply-To: <made-up@seller.example>"))
    assert (ended(stage), paused(stage)) == (None, None)
    assert counts(stage) == {"reply": 1}


async def test_our_own_mail_is_no_answer(stage: Stage) -> None:
    """What our own mailboxes write is not taken for an answer of the person."""
    sent = await begin(stage)
    for own in ("ana@seller.example", "LUIS@seller.example"):
        await receive(stage, a_mail(f"From: {own}", f"In-Reply-To: {sent}"))
    assert (ended(stage), paused(stage)) == (None, None)


async def test_old_mail_is_not_read(stage: Stage) -> None:
    """What lay in the mailbox before we ever looked into it is not about our mails."""
    stage.inboxes["ana"].deliver(a_mail(FROM_ZOE))
    await begin(stage)
    await stage.work(MINUTE)
    assert counts(stage) == {}


async def test_the_same_mail_again(each_stage: Stage) -> None:
    """A mail that is moved, delivered again or renumbered is acted upon once."""
    stage = each_stage
    sent = await begin(stage)
    absent = a_mail(FROM_ZOE, f"In-Reply-To: {sent}", "Auto-Submitted: auto-replied")
    await receive(stage, absent)
    resume_at = stage.enrollment(ZOE).resume_at
    await receive(stage, absent, Folder.JUNK)
    stage.inboxes["ana"].renumber(Folder.INBOX)
    await stage.work(MINUTE)
    assert counts(stage) == {"auto_reply": 1, "duplicate": 2}
    assert stage.enrollment(ZOE).resume_at == resume_at
    assert stage.timeline(ZOE).count("received") == 1


async def test_mails_are_read_in_one_go(stage: Stage) -> None:
    """After a cursor was lost everything of the last week comes again, and changes nothing."""
    await begin(stage, *(f"p{number}@bank.example" for number in range(30)))
    for number in range(30):
        reply = a_mail(f"From: p{number}@bank.example", "In-Reply-To", f"X-Number: {number}")
        stage.inboxes["ana"].deliver(reply)
    await stage.work(MINUTE)
    before = len(stage.timeline("p3@bank.example"))
    stage.inboxes["ana"].renumber(Folder.INBOX)
    await stage.work(MINUTE)
    assert counts(stage) == {"reply": 30, "duplicate": 30}
    assert len(stage.timeline("p3@bank.example")) == before


async def test_a_scan_that_breaks_off_is_not_complete(stage: Stage) -> None:
    """A mailbox counts as read only when the whole scan was, and its cursor moves only then."""
    await begin(stage)
    synced_at = stage.health().synced_at
    stage.inboxes["ana"].deliver(a_mail(FROM_ZOE, "In-Reply-To"))
    stage.inboxes["ana"].trouble = InboxError("line lost")
    await stage.work(2 * MINUTE)
    assert stage.health().synced_at == synced_at
    stage.inboxes["ana"].trouble = None
    await stage.work(2 * MINUTE)
    assert ended(stage) is FinishReason.REPLIED


# Machines.


async def test_an_absence_with_its_end(stage: Stage) -> None:
    """An absence notice pauses until the day it names, and the rest of the wait follows then."""
    sent = await begin(stage)
    notice = a_mail(
        FROM_ZOE,
        AWAY,
        f"In-Reply-To: {sent}",
        "Date: Tue, 03 Mar 2026 13:00:00 +0100",
        text="I am out of the office until 13 March 2026.",
    )
    await receive(stage, notice)
    enrollment = stage.enrollment(ZOE)
    assert enrollment.pause_reason is PauseReason.AUTO_REPLY
    monday = datetime(2026, 3, 15, 23, tzinfo=UTC)  # begins in Berlin; the 14th is a Saturday
    assert enrollment.resume_at == monday
    assert enrollment.remaining == 3 * DAY - MINUTE
    await stage.work(monday - stage.clock.now() - MINUTE)
    assert paused(stage) is PauseReason.AUTO_REPLY
    await stage.work(MINUTE)
    assert stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    await stage.work(3 * DAY - 2 * MINUTE)
    assert len(stage.mails(ZOE)) == 1
    await stage.work(MINUTE)
    assert len(stage.mails(ZOE)) == 2


async def test_an_absence_without_an_end(stage: Stage) -> None:
    """Without a date the person is left alone for two weeks, to the begin of a working day."""
    sent = await begin(stage)
    await receive(stage, a_mail(FROM_ZOE, AWAY, f"In-Reply-To: {sent}", text="I am away."))
    assert stage.enrollment(ZOE).resume_at == TWO_WEEKS_ON


async def test_an_absence_that_was_over_long_ago(stage: Stage) -> None:
    """A notice whose return date has passed is no invitation to go on at once."""
    sent = await begin(stage)
    stale = "Date: Tue, 06 Jan 2026 13:00:00 +0100"
    text = "I am out of the office until 9 January 2026."
    await receive(stage, a_mail(FROM_ZOE, AWAY, stale, f"In-Reply-To: {sent}", text=text))
    assert stage.enrollment(ZOE).resume_at == TWO_WEEKS_ON


async def test_a_very_long_absence_waits_for_a_person(stage: Stage) -> None:
    """Somebody away for months is not written to by a clock."""
    sent = await begin(stage)
    text = "I am on parental leave until 30 June 2026."
    now = "Date: Tue, 03 Mar 2026 13:00:00 +0100"
    await receive(stage, a_mail(FROM_ZOE, AWAY, now, f"In-Reply-To: {sent}", text=text))
    assert paused(stage) is PauseReason.AUTO_REPLY
    assert stage.enrollment(ZOE).resume_at is None
    await silence(stage)


async def test_an_answer_during_an_absence(stage: Stage) -> None:
    """A person who answers in spite of being away has answered."""
    sent = await begin(stage)
    await receive(stage, a_mail(FROM_ZOE, AWAY, f"In-Reply-To: {sent}", text="I am away."))
    await receive(stage, a_mail(FROM_ZOE, f"In-Reply-To: {sent}"))
    assert ended(stage) is FinishReason.REPLIED
    await silence(stage)


async def test_an_invitation_waits_for_a_person(stage: Stage) -> None:
    """A calendar mail may be a meeting: it pauses, and books nothing."""
    sent = await begin(stage)
    calendar = "Content-Type: text/calendar; method=REQUEST"
    text = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n"
    await receive(stage, a_mail(FROM_ZOE, calendar, f"In-Reply-To: {sent}", text=text))
    assert paused(stage) is PauseReason.REVIEW
    await silence(stage)


async def test_a_newsletter_of_the_person_changes_nothing(stage: Stage) -> None:
    """Bulk mail of somebody we write to is no answer."""
    await begin(stage)
    await receive(stage, a_mail(FROM_ZOE, "In-Reply-To", "List-Id: news.bank.example"))
    assert (ended(stage), paused(stage)) == (None, None)
    assert stage.timeline(ZOE)[-1] == "received"


LIST_HEADERS = ["List-Id: team.bank.example", "List-Unsubscribe: <mailto:x@y.example>"]


@pytest.mark.parametrize("header", [*LIST_HEADERS, "Precedence: bulk"])
@pytest.mark.parametrize(
    ("text", "reason"),
    [("Call me.", FinishReason.REPLIED), ("Please remove me.", FinishReason.OPTED_OUT)],
)
async def test_an_answer_with_the_header_of_a_list(
    stage: Stage, header: str, text: str, reason: FinishReason
) -> None:
    """An answer by its References alone is one, whatever a gateway has written above it."""
    sent = await begin(stage)
    await receive(stage, a_mail(FROM_ZOE, "In-Reply-To", f"References: {sent}", header, text=text))
    assert ended(stage) is reason


async def test_list_mail_that_quotes_our_token(stage: Stage) -> None:
    """List mail that only our own mail can have caused waits for a person, or opts out."""
    await begin(stage)
    for text in ("Call me.", "Please remove me."):
        quoted = f"{text}\n\n> https://seller.example/u/{token_of(stage)}\n"
        await receive(stage, a_mail(STRANGE, "In-Reply-To", LIST_HEADERS[0], text=quoted))
        if text == "Call me.":
            assert paused(stage) is PauseReason.REVIEW
    assert ended(stage) is FinishReason.OPTED_OUT
    assert (ZOE, "opted_out") in listed(stage)


async def test_list_mail_that_asks_for_silence(stage: Stage) -> None:
    """What a gateway has marked may still be a person's wish: it waits for a person's look."""
    await begin(stage)
    text = "Please remove me from your list."
    await receive(stage, a_mail(FROM_ZOE, "In-Reply-To", "Precedence: bulk", text=text))
    assert (paused(stage), listed(stage)) == (PauseReason.REVIEW, set())
    await silence(stage)


async def test_somebody_in_no_cadence_opts_out(stage: Stage) -> None:
    """Who was imported and wants nothing is never enrolled; a stranger is only counted."""
    await begin(stage)
    stage.bring_in(ADA)
    for sender in (ADA, "x@stranger.example"):
        headers = (f"From: {sender}", f"Message-ID: <1-{sender}>", "In-Reply-To")
        await receive(stage, a_mail(*headers, text="Please remove me from your list."))
    assert listed(stage) == {(ADA, "opted_out")}
    [answer] = stage.enroll(ADA)
    assert not answer.enrolled


async def test_a_receipt_for_our_mail_waits_for_a_person(stage: Stage) -> None:
    """A receipt that we did not ask for, and that names our mail, is looked at."""
    sent = await begin(stage)
    group = a_group(ZOE, "2.0.0", "ok", "delivered")
    await receive(stage, a_report(group, returned=returned(sent)))
    assert paused(stage) is PauseReason.REVIEW


async def test_an_undated_notice_shortens_no_absence(stage: Stage) -> None:
    """A ticket number that comes after an absence notice does not bring the return forward."""
    sent = await begin(stage)
    dated = "Date: Tue, 03 Mar 2026 13:00:00 +0100"
    text = "I am out of the office until 31 March 2026."
    await receive(stage, a_mail(FROM_ZOE, AWAY, dated, f"In-Reply-To: {sent}", text=text))
    resume_at = stage.enrollment(ZOE).resume_at
    await receive(stage, a_mail(f"From: {BOSS}", AWAY, f"In-Reply-To: {sent}", text="Ticket 1."))
    assert stage.enrollment(ZOE).resume_at == resume_at == datetime(2026, 3, 31, 22, tzinfo=UTC)


# Opt-outs.


async def test_an_opt_out_by_reply(each_stage: Stage) -> None:
    """Both the person we wrote to and the one who asked receive nothing any more."""
    stage = each_stage
    sent = await begin(stage, ZOE, BOSS)
    text = "Please remove me from your list."
    await receive(stage, a_mail(f"From: {BOSS}", f"In-Reply-To: {sent}", text=text))
    assert listed(stage) == {(ZOE, "opted_out"), (BOSS, "opted_out")}
    for address in (ZOE, BOSS):
        assert ended(stage, address) is FinishReason.OPTED_OUT
        assert "suppressed" in stage.timeline(address)
        await silence(stage, address)


async def test_an_opt_out_by_the_button_of_a_mail_program(stage: Stage) -> None:
    """The mail that List-Unsubscribe asks for is known by its token."""
    await begin(stage)
    pressed = a_mail(STRANGE, "In-Reply-To", f"Subject: unsubscribe {token_of(stage)}", text="")
    await receive(stage, pressed)
    assert ended(stage) is FinishReason.OPTED_OUT
    assert (ZOE, "opted_out") in listed(stage)


async def test_an_opt_out_of_an_unspeakable_sender(each_stage: Stage) -> None:
    """A sender that is no address does not keep an opt-out from working."""
    stage = each_stage
    sent = await begin(stage)
    for sender in (b'"a\x00b" <z\x00@\xff>', b"undisclosed", b""):
        text = f"Please remove me. {len(sender)}"
        raw = a_mail("From: SENDER", f"In-Reply-To: {sent}", text=text)
        await receive(stage, raw.replace(b"SENDER", sender))
    assert ended(stage) is FinishReason.OPTED_OUT
    assert counts(stage) == {"opt_out": 3}


# Bounces and complaints.


def returned(sent: str) -> str:
    return f"Message-ID: {sent}\nFrom: ana@seller.example\nSubject: A question\n"


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2"])
async def test_a_bounce(stage: Stage, status: str) -> None:
    """A report that quotes our mail and names its recipient as dead ends everything for good."""
    sent = await begin(stage)
    group = a_group(ZOE, status, "550 no such user")
    await receive(stage, a_report(group, returned=returned(sent)))
    assert ended(stage) is FinishReason.BOUNCED
    assert listed(stage) == {(ZOE, "bounced")}
    await silence(stage)


@pytest.mark.parametrize(
    ("group", "reason"),
    [
        (a_group(ZOE, "5.2.2", "552 mailbox full"), None),
        (a_group(ZOE, "4.4.7", "message delayed", "delayed"), None),
        (a_group(ZOE, "5.7.26", "550 unauthenticated mail"), PauseReason.MAILBOX),
    ],
)
async def test_reports_that_kill_no_address(
    stage: Stage, group: str, reason: PauseReason | None
) -> None:
    """A full mailbox or a delay changes nothing; a block is about us, and pauses."""
    sent = await begin(stage)
    await receive(stage, a_report(group, returned=returned(sent)))
    assert (ended(stage), paused(stage), listed(stage)) == (None, reason, set())


@pytest.mark.parametrize(
    ("status", "said", "age", "rests"),
    [
        ("5.7.26", "550 unauthenticated mail", timedelta(0), timedelta(hours=1)),
        ("4.7.28", "421 unusual rate of mail from your IP", timedelta(0), 10 * MINUTE),
        ("5.3.4", "552 message too large", timedelta(0), None),
        ("5.7.26", "550 unauthenticated mail", 3 * DAY, None),
    ],
)
async def test_a_report_about_our_mailbox(
    stage: Stage, status: str, said: str, age: timedelta, rests: timedelta | None
) -> None:
    """What servers hold against us lets the mailbox rest, and somebody is told who waits for it."""
    sent = await begin(stage)
    date = f"Date: {stage.clock.now() - age:%a, %d %b %Y %H:%M:%S} +0000".encode()
    raw = a_report(a_group(ZOE, status, said), returned=returned(sent))
    stage.inboxes["ana"].deliver(raw.replace(b"Date: Mon, 01 Mar 2027 10:00:00 +0100", date))
    await stage.work(MINUTE)
    assert (paused(stage), listed(stage)) == (PauseReason.MAILBOX, set())
    [task] = stage.read(tasks.open_matters, stage.person(ZOE), TaskKind.MAILBOX)
    assert status in task.about
    health = stage.health()
    assert (health.until - stage.clock.now() if health.until else None) == rests
    assert ("smtp: a report" in health.reason) is (rests is not None)


async def test_a_person_who_refuses_us(stage: Stage) -> None:
    """A refusal by policy ends the cadence, and says nothing about the address."""
    sent = await begin(stage)
    group = a_group(ZOE, "5.7.1", "550 5.7.1 rejected by the recipient")
    await receive(stage, a_report(group, returned=returned(sent)))
    assert ended(stage) is FinishReason.BOUNCED
    assert listed(stage) == set()


@pytest.mark.parametrize("quoted", ["<made-up@seller.example>", "of another"])
async def test_a_forged_report_kills_no_stranger(stage: Stage, quoted: str) -> None:
    """A report suppresses nobody but the recipient of the mail of ours that it quotes."""
    sent = await begin(stage, ZOE, ADA)
    group = a_group(ADA, "5.1.1", "550 no such user")
    quote = sent if quoted == "of another" else quoted
    await receive(stage, a_report(group, returned=returned(quote)))
    assert listed(stage) == set()
    assert (ended(stage, ADA), paused(stage, ADA), ended(stage)) == (None, None, None)
    assert paused(stage) is (PauseReason.REVIEW if quote == sent else None)


async def test_a_report_that_names_many(stage: Stage) -> None:
    """However many addresses a report makes up, a person is asked once."""
    sent = await begin(stage)
    groups = [a_group(f"p{n}@mill.example", "5.1.1", "550 no such user") for n in range(30)]
    await receive(stage, a_report(*groups, returned=returned(sent)))
    [task] = stage.read(tasks.open_matters, stage.person(ZOE), TaskKind.TRIAGE)
    assert "p0@mill.example and 29 more" in task.about
    assert (paused(stage), listed(stage)) == (PauseReason.REVIEW, set())


async def test_a_report_known_by_our_opt_out_header(stage: Stage) -> None:
    """Where the provider has replaced our Message-ID, the token in our header tells whose it is."""
    await begin(stage)
    header = f"List-Unsubscribe: <https://seller.example/u/{token_of(stage)}>\n"
    group = a_group(ZOE, "5.1.1", "550 no such user")
    await receive(stage, a_report(group, returned=returned("<new@provider.example>") + header))
    assert ended(stage) is FinishReason.BOUNCED
    assert listed(stage) == {(ZOE, "bounced")}


async def test_a_report_that_names_nobody(stage: Stage) -> None:
    """Something of ours did not arrive, and it does not say why: a person looks at it."""
    sent = await begin(stage)
    await receive(stage, a_report(returned=returned(sent)))
    assert paused(stage) is PauseReason.REVIEW


def a_complaint(*lines: str, original: str) -> bytes:
    fields = "\n".join(("Feedback-Type: abuse", "User-Agent: x", "Version: 1", *lines))
    return a_mail(
        "From: complaints@provider.example",
        "In-Reply-To",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
        text=parts(
            "Content-Type: text/plain\n\nAbuse.",
            f"Content-Type: message/feedback-report\n\n{fields}",
            f"Content-Type: message/rfc822\n\n{original}",
        ),
    )


async def test_a_complaint(stage: Stage) -> None:
    """Who reports our mail as spam receives nothing any more."""
    sent = await begin(stage)
    await receive(stage, a_complaint(original=returned(sent)))
    assert ended(stage) is FinishReason.COMPLAINED
    assert listed(stage) == {(ZOE, "complained")}
    counted = stage.read(inbound.complaints, stage.clock.now() - DAY)
    assert [(each.mailbox, each.domain, each.number) for each in counted] == [
        ("ana", "bank.example", 1)
    ]
    assert stage.read(inbound.complaints, stage.clock.now()) == []
    await silence(stage)


async def test_a_complaint_of_a_machine(stage: Stage) -> None:
    """A mail system that doubts our signature is no person that complains."""
    sent = await begin(stage)
    await receive(
        stage,
        a_complaint("Feedback-Type: auth-failure", original=returned(sent)).replace(
            b"Feedback-Type: abuse\n", b""
        ),
    )
    assert (ended(stage), listed(stage)) == (None, set())


async def test_a_complaint_that_only_names_the_person(stage: Stage) -> None:
    """A provider that takes our marks out still tells who complained: a person looks at it."""
    await begin(stage)
    await receive(stage, a_complaint(f"Original-Rcpt-To: <{ZOE}>", original="Subject: Hello\n"))
    assert (paused(stage), listed(stage)) == (PauseReason.REVIEW, set())


async def test_a_complaint_that_quotes_nothing_of_ours(stage: Stage) -> None:
    """Anybody can claim to complain in a person's name: it pauses, and puts nobody on a list."""
    await begin(stage)
    raw = a_complaint(original=returned("<made-up@seller.example>"))
    await receive(stage, raw.replace(b"complaints@provider.example", ZOE.encode()))
    assert listed(stage) == set()
    assert paused(stage) is PauseReason.REVIEW


# What cannot be read.

BREAK_IT = (
    "CREATE TRIGGER t BEFORE INSERT ON inbound WHEN NEW.subject = 'poison' AND "
    "NEW.kind <> 'set_aside' BEGIN SELECT RAISE(ABORT, 'poison'); END"
)


async def test_an_unreadable_mail_of_a_known_person(stage: Stage) -> None:
    """What may have been a stop and cannot be read pauses the person."""
    await begin(stage)
    broken = "Content-Type: text/plain; charset=unknown-8bit-thing"
    raw = a_mail(FROM_ZOE, "In-Reply-To", broken, AWAY, text="NOISE").replace(b"NOISE", b"\xff\x81")
    await receive(stage, raw)
    assert paused(stage) is PauseReason.REVIEW
    assert stage.enrollment(ZOE).resume_at is None
    await silence(stage)


async def test_a_mail_that_breaks_the_engine(stage: Stage) -> None:
    """A mail nobody could foresee is kept, pauses whoever it names, and holds up no other mail."""
    await begin(stage, ZOE, ADA)
    stage.write(Connection.exec_driver_sql, BREAK_IT)
    stage.inboxes["ana"].deliver(a_mail(FROM_ZOE, "Subject: poison", "In-Reply-To"))
    stage.inboxes["ana"].deliver(a_mail(f"From: {ADA}", "In-Reply-To"))
    await stage.work(MINUTE)
    assert counts(stage) == {SET_ASIDE: 1, "reply": 1}
    assert paused(stage) is PauseReason.REVIEW
    assert ended(stage, ADA) is FinishReason.REPLIED
    assert stage.health().synced_at == stage.clock.now()
    await silence(stage)


@pytest.mark.parametrize(
    "thread",
    [
        "In-Reply-To: {}",
        "References:\n <x@y>\n\t{}",
        f"References: {'<x@y.example> ' * 99}{{}}",
        f"references: {'<x@y.example>' * 99}\nin-reply-to: {{}}",
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
async def test_an_answer_that_breaks_the_engine(stage: Stage, thread: str, end: bytes) -> None:
    """A mail that is set aside pauses whom the mail that it answers went to."""
    sent = await begin(stage, ZOE, ADA)
    stage.write(Connection.exec_driver_sql, BREAK_IT)
    raw = a_mail(STRANGE, "Subject: poison", "In-Reply-To", thread.format(sent))
    await receive(stage, raw.replace(b"\n", end))
    assert counts(stage) == {SET_ASIDE: 1}
    assert (paused(stage), paused(stage, ADA)) == (PauseReason.REVIEW, None)
    await silence(stage)


HOSTILE = [
    b"",
    b"\x00" * 999,
    b"\xff\xfe\xfd" * 99,
    b"From: a@b.c\nTo: " + b"(" * 5_000,
    b"From: =?utf-8?q?=00=ff?= <\x00@\x00>\nSubject: \x1b]0;x\x07\nIn-Reply-To: <\x00@\xff>\n\nhi",
    b"From: a@b.c\nReferences: " + b"<x@y> " * 5_000 + b"\n\nhi",
    b"From: a@b.c\nMessage-ID: <\xed\xa0\x80@x>\nIn-Reply-To: <\xed\xa0\x80@x>\n\nhi",
    b"Subject: unsubscribe " + b"A" * 36 + b"\n\n" + b"/u/" + b"A" * 36,
    b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 5_000,
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
async def test_hostile_mail_delays_nobody(each_stage: Stage, number: int) -> None:
    """Whatever comes in, the good mail behind it is read in the same scan."""
    stage = each_stage
    await begin(stage)
    stage.inboxes["ana"].deliver(HOSTILE[number])
    await receive(stage, a_mail(FROM_ZOE, "In-Reply-To"))
    assert ended(stage) is FinishReason.REPLIED
    assert SET_ASIDE not in counts(stage)
    assert stage.health().synced_at == stage.clock.now()


async def test_an_unknown_folder_state_is_no_trouble(stage: Stage) -> None:
    """A provider without a Junk folder is read all the same."""
    del stage.inboxes["ana"].boxes[Folder.JUNK]
    await begin(stage)
    await receive(stage, a_mail(FROM_ZOE, "In-Reply-To"))
    assert ended(stage) is FinishReason.REPLIED
    assert set(stage.read(mailboxes.cursors, "ana")) == set(Folder) - {Folder.JUNK}


async def test_a_person_known_by_another_spelling(stage: Stage) -> None:
    """The sender is compared by key, so tags and case make no difference."""
    stage.apply()
    stage.bring_in(a_prospect(email="Zoe.Marin+work@gmail.com"))
    stage.enroll("zoemarin@gmail.com")
    await stage.work()
    await receive(stage, a_mail("From: ZOEMARIN@googlemail.com", "In-Reply-To"))
    assert ended(stage, "zoemarin@gmail.com") is FinishReason.REPLIED
