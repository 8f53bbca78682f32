"""A mail that one of ourselves tries: what a prospect would get, and it changes nothing."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from builders import NOON, a_prospect, a_version
from fakes.fake_mailer import ACCEPTED, FakeMailer
from foreign_mails import a_group, a_mail, a_report, parts
from stage import DAY, SLUG, Stage, a_loaded, a_policy

from sequencer.domain.account import key_of_domain
from sequencer.domain.address import key_of
from sequencer.domain.cadence import Version
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.pacing import Pace
from sequencer.domain.rep import Rep
from sequencer.domain.suppression import SuppressionReason
from sequencer.engine.desk import Desk
from sequencer.engine.enroll import Enrolment, enroll
from sequencer.engine.opt_out import opt_out
from sequencer.engine.preview import Wish, mailbox_for, preview
from sequencer.engine.preview_people import find_stored
from sequencer.engine.receive import set_aside
from sequencer.engine.send_test import SendTestError, Trial, Tried, mails_of, send_test
from sequencer.engine.status import usage_of
from sequencer.engine.suppress import suppress_address
from sequencer.mail.compose import compose
from sequencer.mail.folder import Folder
from sequencer.mail.transaction import Blame, Outcome, OutcomeKind, Phase
from sequencer.mail.unsubscribe import tokens_in
from sequencer.store import accounts, cadences, epoch, inbound, suppressions
from sequencer.store.database import Connection
from sequencer.store.inbound import Place

INTRO = (
    "---\nsubject: Hello {{ product }} {{ account.tier | or('none') }}\n---\nHello {{ product }}\n"
)
ZOE, LUIS, OMAR = "zoe@bank.example", "luis@seller.example", "omar@field.example"
PACE = Pace(per_day=10, per_hour=10)
REPS = {"omar": Rep("omar", "Omar", OMAR, ZoneInfo("Europe/Madrid"))}
REFUSED = Outcome(OutcomeKind.REJECTED, Phase.DOT, 550, "5.7.1", "no", Blame.RECIPIENT)
DOUBT = Outcome(OutcomeKind.UNKNOWN, Phase.DOT)


def current(connection: Connection, stage: Stage) -> Version:
    """The version of the cadence that runs."""
    found = cadences.current_hash(connection, SLUG)
    assert found is not None
    return stage.desk.versions.get(connection, found)


def a_trial(to: str = LUIS, **changes: Any) -> Trial:
    trial = Trial(to, a_version(), a_prospect(), Wish("ana"), "7e57" * 8)
    return replace(trial, **changes)


@pytest.fixture
def office(stage: Stage) -> Stage:
    """Two mailboxes and a rep; Zoe is in a cadence."""
    object.__setattr__(stage.policy, "reps", REPS)
    stage.begin(ZOE)
    return stage


def mails(stage: Stage) -> list[Message]:
    return [message_from_bytes(each.data) for each in stage.mailers["ana"].accepted]


def used(stage: Stage) -> int:
    """How many mails count for Ana's day."""
    found: int = stage.read(usage_of, "ana", PACE, stage.clock.now()).sent_24h
    return found


async def test_follow_ups_answer_each_other(office: Stage) -> None:
    """Every mail of the cadence arrives, as one thread, marked as tests by a header alone."""
    done = await send_test(office.world, a_trial())
    assert [(each.step, each.accepted) for each in done] == [
        ("intro", True),
        ("bump", True),
        ("last-mail", True),
    ]
    intro, bump, last = mails(office)
    assert bump["In-Reply-To"] == intro["Message-ID"]
    assert last["References"].split() == [intro["Message-ID"], bump["Message-ID"]]
    assert {each["X-Sequencer-Test"] for each in (intro, bump, last)} == {"yes"}
    assert {each["To"] for each in (intro, bump)} == {f"=?utf-8?q?Zo=C3=AB_Marin?= <{LUIS}>"}
    assert "test" not in intro["Subject"].lower()
    envelopes = office.mailers["ana"].accepted
    assert {(each.sender, each.recipient) for each in envelopes} == {("ana@seller.example", LUIS)}


async def test_the_same_but_for_the_marks(office: Stage) -> None:
    """Line by line only the address, the marks, the token and the boundary differ."""
    await office.work()
    [real] = [each.data for each in office.mailers["ana"].accepted]
    trial = a_trial(wish=Wish("ana", step="intro"))
    [(_, draft)] = mails_of(office.desk, trial, office.clock.now())
    ours, theirs = compose(draft).split(b"\r\n"), real.split(b"\r\n")
    ours.remove(b"X-Sequencer-Test: yes")
    assert len(ours) == len(theirs)
    names = {
        a.partition(b":")[0]
        for a, b in zip(ours, theirs, strict=True)
        if a != b and b":" in a and not a.startswith(b" ") and b"/u/" not in a
    }
    assert names <= {b"To", b"Message-ID", b"X-Sequencer-Ref"}


async def test_nobodys_cadence_moves(office: Stage) -> None:
    """The enrollments and their sends are what they were."""
    before = office.stored(ZOE), office.sends(ZOE), office.timeline(ZOE)
    await send_test(office.world, a_trial(person=a_prospect(email=ZOE)))
    assert (office.stored(ZOE), office.sends(ZOE), office.timeline(ZOE)) == before


async def test_counts_as_by_hand(office: Stage) -> None:
    """Each mail counts for its mailbox, once, even where its copy is seen in Sent."""
    await office.work()
    before = used(office)
    await send_test(office.world, a_trial())
    assert used(office) == before + 3
    for each in office.mailers["ana"].accepted[-3:]:
        office.inboxes["ana"].deliver(each.data, Folder.SENT)
    await office.work()
    assert office.read(epoch.why_held) == ""
    assert used(office) == before + 3


async def test_the_opt_out_belongs_to_nobody(office: Stage) -> None:
    """The link in it changes nothing, nor does the address for one click."""
    await send_test(office.world, a_trial(wish=Wish("ana", step="intro")))
    [mail] = mails(office)
    tokens = tokens_in(mail["List-Unsubscribe"])
    assert tokens
    for token in tokens:
        now = office.clock.now()
        assert not office.write(opt_out, office.desk, token, "opt-out link", now)
    assert office.enrollment(ZOE).finish_reason is None


@pytest.mark.parametrize("sender", [LUIS, OMAR, "me@home.example"])
async def test_an_answer_is_nobodys(office: Stage, sender: str) -> None:
    """Whoever of us answers a test: no prospect has answered."""
    await office.work()
    trial = a_trial(sender, allowed=["me@home.example"], person=a_prospect(email=ZOE))
    await send_test(office.world, trial)
    mail = mails(office)[-1]
    answer = (
        f"From: {sender}\r\nTo: ana@seller.example\r\nSubject: {mail['Subject']}\r\n"
        f"Message-ID: <a1@program.example>\r\nIn-Reply-To: {mail['Message-ID']}\r\n"
        f"References: {mail['Message-ID']}\r\n\r\nPlease stop writing to me.\r\n"
        f"> {mail['List-Unsubscribe']}\r\n"
    )
    office.inboxes["ana"].deliver(answer.encode())
    await office.work()
    assert office.enrollment(ZOE).finish_reason is None
    await office.work(3 * DAY)
    assert len(office.mailers["ana"].accepted) == 1 + 3 + 1


ME = "me@home.example"
REAL = "Please stop writing to me."


def an_answer(sender: str, to: Message | None = None, text: str = REAL, **headers: str) -> bytes:
    """A mail to Ana, an answer where there is something to answer."""
    named = {"In-Reply-To": to["Message-ID"]} if to is not None and not headers else headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    subject = "unsubscribe" if to is None else f"Re: {to['Subject']}"
    head = [f"From: {sender}", "To: ana@seller.example", f"Subject: {subject}", *lines]
    return ("\r\n".join([*head, "Message-ID: <a1@x.example>", "", text]) + "\r\n").encode()


async def tried_by(stage: Stage, *, enrolled: bool) -> Message:
    """The last test mail to me, who was imported, and is put into the cadence afterwards."""
    object.__setattr__(stage.policy, "reps", REPS)
    stage.begin(ZOE)
    await stage.work()
    stage.bring_in(ME)
    await send_test(stage.world, a_trial(ME, allowed=[ME], person=a_prospect(email=ZOE)))
    tried = mails(stage)[-1]
    if enrolled:
        stage.enroll(ME)
        await stage.work()
    return tried


def silenced(stage: Stage, address: str = ME) -> bool:
    """Whether somebody is on the list of those who receive nothing."""
    return bool(stage.read(suppressions.hitting, [key_of(address)], stage.clock.now()))


async def hear(stage: Stage, raw: bytes) -> None:
    stage.inboxes["ana"].deliver(raw)
    await stage.work(DAY)


@pytest.mark.parametrize("enrolled", [True, False])
@pytest.mark.parametrize("text", [REAL, "Thanks, looks good.", "> I am out of office"])
async def test_a_tester_who_is_a_prospect(each_stage: Stage, text: str, *, enrolled: bool) -> None:
    """Whoever answers a test is no prospect who answers, even one who was enrolled since."""
    tried = await tried_by(each_stage, enrolled=enrolled)
    await hear(each_stage, an_answer(ME, tried, text))
    assert not silenced(each_stage)
    assert each_stage.read(inbound.counts) == {"trial": 1}
    if enrolled:
        assert each_stage.enrollment(ME).state is EnrollmentState.ACTIVE
        await each_stage.work(3 * DAY)
        await each_stage.work(6 * DAY)
        assert len(each_stage.mails(ME)) == 3 + 3


@pytest.mark.parametrize("way", ["further down", "quoted", "by its address", "absent", "set aside"])
async def test_ways_to_answer_a_test(each_stage: Stage, way: str) -> None:
    """By the thread alone, by the quoted token alone, by machine, or in a mail nobody can read."""
    tried = await tried_by(each_stage, enrolled=True)
    token = tokens_in(tried["List-Unsubscribe"])[0]
    raw = {
        "further down": an_answer(ME, tried, References=f"{tried['Message-ID']} <b@x.example>"),
        "quoted": an_answer(ME, tried, f"{REAL}\n\n> https://seller.example/u/{token}", X_A="b"),
        "by its address": an_answer(ME).replace(b"unsubscribe", f"unsubscribe {token}".encode()),
        "absent": an_answer(
            ME, tried, In_Reply_To=tried["Message-ID"], Auto_Submitted="auto-replied"
        ),
        "set aside": an_answer(ME, tried),
    }[way]
    if way == "set aside":
        place, now = Place("ana", Folder.INBOX, 1, 77), each_stage.clock.now()
        each_stage.write(set_aside, each_stage.desk, place, raw, "broken", now)
    else:
        await hear(each_stage, raw)
    assert not silenced(each_stage)
    assert each_stage.enrollment(ME).state is EnrollmentState.ACTIVE


def came_back(address: str, returned: str) -> bytes:
    return a_report(a_group(address, "5.1.1", "550 5.1.1 no such user"), returned=returned)


def called_spam(address: str, returned: str) -> bytes:
    told = f"Feedback-Type: abuse\nVersion: 1\nUser-Agent: x\nOriginal-Rcpt-To: {address}"
    return a_mail(
        "From: staff@isp.example",
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"',
        text=parts(
            "Content-Type: text/plain\n\nA complaint.",
            f"Content-Type: message/feedback-report\n\n{told}",
            f"Content-Type: message/rfc822\n\n{returned}",
        ),
    )


@pytest.mark.parametrize("report", [came_back, called_spam])
async def test_a_report_about_a_test(
    each_stage: Stage, report: Callable[[str, str], bytes]
) -> None:
    """Nobody is stopped because a test came back, or was called spam, nor is anybody asked."""
    tried = await tried_by(each_stage, enrolled=True)
    await hear(each_stage, report(ME, f"Message-ID: {tried['Message-ID']}\nTo: {ME}\n"))
    assert not silenced(each_stage)
    assert each_stage.enrollment(ME).state is EnrollmentState.ACTIVE
    assert each_stage.read(inbound.counts) == {"trial": 1}


@pytest.mark.parametrize("enrolled", [True, False])
async def test_a_mail_of_their_own(each_stage: Stage, *, enrolled: bool) -> None:
    """A tester who asks for silence in a mail of their own is heard like everybody."""
    await tried_by(each_stage, enrolled=enrolled)
    await hear(each_stage, an_answer(ME))
    assert silenced(each_stage)


async def test_an_answer_to_a_real_mail(each_stage: Stage) -> None:
    """A tester who answers what they got as a prospect is heard, though a test is quoted in it."""
    tried = await tried_by(each_stage, enrolled=True)
    real = each_stage.mails(ME)[-1]
    text = f"{REAL}\n\n> https://seller.example/u/{tokens_in(tried['List-Unsubscribe'])[0]}"
    await hear(each_stage, an_answer(ME, real, text))
    assert silenced(each_stage)


@pytest.mark.parametrize("way", ["thread", "quoted"])
async def test_a_test_that_was_passed_on(each_stage: Stage, way: str) -> None:
    """A prospect to whom a test was passed on says no for themselves."""
    tried = await tried_by(each_stage, enrolled=False)
    thread = {"In_Reply_To": "<fwd@x.example>", "References": f"{tried['Message-ID']} <fwd@x>"}
    link = f"> https://seller.example/u/{tokens_in(tried['List-Unsubscribe'])[0]}"
    known = {"thread": thread, "quoted": {"X_A": "b"}}[way]
    await hear(each_stage, an_answer(ZOE, tried, f"{REAL}\n\n{link}", **known))
    assert silenced(each_stage, ZOE)


@pytest.mark.parametrize("to", [ZOE, "who@else.example", "", "no address", f"{LUIS}.evil.example"])
async def test_others_are_refused(office: Stage, to: str) -> None:
    """Nothing goes to anybody who is none of us, and it is told who would be."""
    with pytest.raises(SendTestError, match="test_recipients"):
        await send_test(office.world, a_trial(to))
    assert mails(office) == []


async def test_allowed_by_the_settings(office: Stage) -> None:
    """An address of the settings may be written to, however it is spelt."""
    trial = a_trial("Me@Home.example", allowed=["me@home.example"], wish=Wish("ana", "intro"))
    assert [each.accepted for each in await send_test(office.world, trial)] == [True]


async def test_a_prospect_of_ours(office: Stage) -> None:
    """One of us who is in a cadence gets no test: their answer would stop it."""
    office.bring_in(LUIS)
    office.enroll(LUIS)
    with pytest.raises(SendTestError, match="as a prospect"):
        await send_test(office.world, a_trial())


async def test_who_receives_nothing(office: Stage) -> None:
    """The list of those who receive nothing holds for tests as well."""
    now = office.clock.now()
    reason = SuppressionReason.OPTED_OUT
    office.write(suppress_address, office.desk, LUIS, reason, "said so", now)
    with pytest.raises(SendTestError, match="receive nothing"):
        await send_test(office.world, a_trial())


async def test_while_nothing_leaves(office: Stage) -> None:
    """A database that is held sends no test either."""
    office.write(epoch.hold, "a backup was put back", None, office.clock.now())
    with pytest.raises(SendTestError, match="a backup was put back"):
        await send_test(office.world, a_trial())


async def tried_with(office: Stage, outcome: Outcome) -> list[Tried]:
    """What comes of it where the server says that to the second mail."""
    mailer: FakeMailer = office.mailers["ana"]
    mailer.plan(LUIS, ACCEPTED, outcome)
    return await send_test(office.world, a_trial())


async def test_a_refusal_ends_it(office: Stage) -> None:
    """After a mail that was not taken none follows, and it does not count."""
    done = await tried_with(office, REFUSED)
    assert [each.accepted for each in done] == [True, False]
    assert "550" in done[-1].said
    assert used(office) == 1


async def test_a_doubt_counts(office: Stage) -> None:
    """A mail of which nobody knows whether it left counts, and is told."""
    done = await tried_with(office, DOUBT)
    assert [each.accepted for each in done] == [True, False]
    assert used(office) == 2


def test_each_run_has_its_own_marks() -> None:
    """Two runs share no Message-ID, so that no mail program takes them for one mail."""
    found = {
        draft.message_id
        for key in ("1" * 32, "2" * 32)
        for _, draft in mails_of(Desk(a_policy()), a_trial(key=key), NOON)
    }
    assert len(found) == 6


async def test_somebody_who_is_in(each_stage: Stage) -> None:
    """A person of the database is shown with their own mailbox, wording, values and company."""
    texts = {"intro.md": INTRO, "short.md": INTRO.replace("Hello", "Hi")}
    steps = [{"id": "intro", "variants": {"plain": "intro.md", "short": "short.md"}}]
    each_stage.apply(a_loaded(texts, mailboxes=("luis", "ana"), steps=steps))
    people = [a_prospect(email=f"p{at}@bank{at}.example", company="Bank") for at in range(20)]
    each_stage.bring_in(*people)
    now = each_stage.clock.now()
    each_stage.write(accounts.replace, {key_of_domain("bank3.example"): {"tier": "gold"}}, now)
    addresses = [each.email for each in people]
    wanted = Enrolment(SLUG, addresses, "test", overrides={"variables": {"product": "loans"}})
    enroll(each_stage.database, each_stage.desk, wanted, each_stage.new_key, now)
    await each_stage.work()
    left = {
        each.recipient: (name, message_from_bytes(each.data)["Subject"])
        for name, mailer in each_stage.mailers.items()
        for each in mailer.accepted
    }
    version = each_stage.read(current, each_stage)
    seen = {}
    for address in addresses:
        sample = each_stage.read(find_stored, each_stage.desk, version, address)
        steps_seen = preview(each_stage.desk, version, sample.prospect, sample.wish(Wish()), now)
        mail = steps_seen[0].mail
        assert mail is not None
        mailbox = mailbox_for(each_stage.desk, version, sample.wish(Wish()))
        seen[address] = (mailbox, mail.subject)
    assert seen == left
    assert {subject.split()[0] for _, subject in seen.values()} == {"Hello", "Hi"}
    assert seen["p3@bank3.example"][1].endswith("loans gold")


async def test_who_is_not_in(stage: Stage) -> None:
    """Nobody is found who is not there; who is in no cadence has no place in one."""
    stage.apply()
    stage.bring_in(ZOE)
    version = stage.read(current, stage)
    assert stage.read(find_stored, stage.desk, version, "who@else.example") is None
    assert stage.read(find_stored, stage.desk, version, ZOE).place is None
