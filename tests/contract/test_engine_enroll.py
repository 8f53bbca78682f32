from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from builders import NOON, a_prospect
from stage import SLUG, Stage, a_loaded, a_policy

from sequencer.domain.enrollment import EnrollmentState, FinishReason
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.prospect import Prospect
from sequencer.domain.suppression import SuppressionReason
from sequencer.engine.apply import Change
from sequencer.engine.enroll import Enrolment, UnknownCadenceError, enroll, everybody
from sequencer.engine.import_prospects import BATCH, import_prospects
from sequencer.engine.opt_out import opt_out
from sequencer.engine.stop import stop, suppress
from sequencer.engine.suppress import suppress_address
from sequencer.files.prospects import Accepted, Refused
from sequencer.mail.unsubscribe import make_token
from sequencer.store import ledger, mailboxes

ZOE = "zoe@bank.example"


def codes(stage: Stage, *addresses: str) -> list[list[str]]:
    return [[each.code for each in answer.refusals] for answer in stage.enroll(*addresses)]


def test_apply_says_what_changed(stage: Stage) -> None:
    """A cadence is new, then unchanged, then changed; another one does not matter."""
    other = a_loaded(cadence="other")
    changes = [
        [applied.change for applied in stage.apply(*loaded)]
        for loaded in (
            [a_loaded()],
            [a_loaded(), other],
            [a_loaded(title="Another"), other],
            [a_loaded()],
        )
    ]
    assert changes == [
        [Change.NEW],
        [Change.UNCHANGED, Change.NEW],
        [Change.CHANGED, Change.UNCHANGED],
        [Change.CHANGED],
    ]


def test_a_changed_template_is_a_change(stage: Stage) -> None:
    """The version is named by the templates as well as by the cadence."""
    [before] = stage.apply(a_loaded())
    [after] = stage.apply(a_loaded({"bump.md": "Hello again\n"}))
    assert after.change is Change.CHANGED
    assert after.hash != before.hash


async def test_people_stay_on_their_version(stage: Stage) -> None:
    """An edit reaches those who are enrolled after it, and nobody else."""
    stage.begin(ZOE)
    stage.apply(a_loaded({"intro.md": "---\nsubject: New\n---\nHello\n"}))
    stage.bring_in("new@bank.example")
    stage.enroll("new@bank.example")
    await stage.work()
    assert stage.mails(ZOE)[0]["Subject"] == "A question about Bank Example"
    assert stage.mails("new@bank.example")[0]["Subject"] == "New"


def rows(*people: Prospect | None) -> list[Accepted | Refused]:
    return [
        Refused(line, "email_missing", "no address") if person is None else Accepted(line, person)
        for line, person in enumerate(people, start=2)
    ]


def test_import_goes_on_after_a_bad_row(stage: Stage) -> None:
    """Bad rows are handed back with their reason, good ones around them are stored."""
    given = rows(a_prospect(), None, a_prospect(email="new@bank.example"))
    stage.bring_in(ZOE)
    done = import_prospects(stage.database, stage.desk, given, "people.csv", NOON)
    assert (done.added, done.updated) == (1, 1)
    assert done.refused == [given[1]]
    assert done.addresses == [ZOE, "new@bank.example"]
    assert stage.timeline(ZOE) == []
    assert stage.timeline("new@bank.example") == ["imported"]


def test_import_in_batches(stage: Stage) -> None:
    """A long file is stored in portions, and every one of them is reported."""
    seen: list[int] = []
    people = [a_prospect(email=f"p{number}@bank.example") for number in range(BATCH + 1)]
    given = iter(rows(*people))
    done = import_prospects(stage.database, stage.desk, given, "x", NOON, seen.append)
    assert seen == [BATCH, 1]
    assert done.added == BATCH + 1
    assert len(stage.read(everybody)) == BATCH + 1


def test_an_empty_file(stage: Stage) -> None:
    """A file without rows is imported, and does nothing."""
    done = import_prospects(stage.database, stage.desk, [], "x", NOON)
    assert (done.added, done.updated, done.refused, done.addresses) == (0, 0, [], [])


def test_enrolling_queues_the_first_mail(each_stage: Stage) -> None:
    """The first step is due at once, from a mailbox of the cadence, and the timeline says so."""
    each_stage.begin(ZOE)
    [send] = each_stage.sends(ZOE)
    assert (send.step_id, send.mailbox, send.due_at, send.follow_up) == (
        "intro",
        "ana",
        NOON,
        False,
    )
    assert each_stage.enrollment(ZOE).state is EnrollmentState.ACTIVE
    assert each_stage.timeline(ZOE) == ["enrolled", "queued"]


def test_an_unknown_cadence(stage: Stage) -> None:
    """A cadence that was never applied is an error, not an answer per person."""
    stage.bring_in(ZOE)
    with pytest.raises(UnknownCadenceError, match="nothing"):
        stage.enroll(ZOE, slug="nothing")


@pytest.mark.parametrize("address", ["nobody", "", "@bank.example", "a\x00@b.c", "\ud83d@b.c"])
def test_no_address(each_stage: Stage, address: str) -> None:
    """What is no address gets that for an answer, and the others are enrolled."""
    each_stage.apply()
    each_stage.bring_in(ZOE)
    found = codes(each_stage, address, ZOE, "stranger@bank.example")
    assert found == [["email_invalid"], [], ["unknown_prospect"]]


def test_doubles_in_a_batch(stage: Stage) -> None:
    """Each address gets an answer in its place; the second spelling of a person is refused."""
    stage.apply()
    stage.bring_in(ZOE)
    answers = stage.enroll(ZOE, ZOE, "ZOE@Bank.Example")
    assert [answer.address for answer in answers] == [ZOE, ZOE, "ZOE@Bank.Example"]
    assert [answer.enrolled for answer in answers] == [True, False, False]
    assert codes(stage, ZOE) == [["already_in_this"]]
    assert len(stage.sends(ZOE)) == 1


def test_finished_here(stage: Stage) -> None:
    """Who has been through a cadence does not go through it again, but may enter another."""
    stage.apply(a_loaded(), a_loaded(cadence="other"))
    stage.bring_in(ZOE)
    stage.enroll(ZOE)
    stage.write(stop, stage.desk, ZOE, "test", NOON)
    assert codes(stage, ZOE) == [["finished_this"]]
    assert stage.enroll(ZOE, slug="other")[0].enrolled


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (SuppressionReason.OPTED_OUT, "opted_out"),
        (SuppressionReason.BOUNCED, "bounced_before"),
        (SuppressionReason.COMPLAINED, "complained_before"),
        (SuppressionReason.MANUAL, "suppressed_address"),
    ],
)
def test_suppressed(stage: Stage, reason: SuppressionReason, code: str) -> None:
    """Whoever is on the list is refused, whatever the spelling and whatever put them there."""
    stage.apply()
    stage.bring_in(ZOE)
    stage.write(suppress_address, stage.desk, "Zoe@BANK.example", reason, "test", NOON)
    assert codes(stage, ZOE, "ZOE@bank.example") == [[code], [code]]


def test_suppressed_domain(stage: Stage) -> None:
    """A domain on the list hits everybody at it, those who are imported later too."""
    stage.apply()
    stage.write(suppress, stage.desk, "@bank.example", "test", NOON)
    stage.bring_in(ZOE, "zoe@other.example")
    assert codes(stage, ZOE, "zoe@other.example") == [["suppressed_domain"], []]


def test_missing_values(stage: Stage) -> None:
    """Every value that some step needs is named at once, and nobody is enrolled without it."""
    stage.apply()
    stage.bring_in(a_prospect(company=" ", first_name=""))
    assert codes(stage, ZOE) == [["missing_variable:company", "missing_variable:first_name"]]


def test_all_reasons_at_once(stage: Stage) -> None:
    """One answer holds everything that speaks against it."""
    stage.begin(ZOE)
    stage.write(suppress, stage.desk, ZOE, "test", NOON)
    stage.write(mailboxes.ensure, ["ana"])
    stage.write(mailboxes.set_health, "ana", MailboxState.NEEDS_SIGN_IN)
    assert codes(stage, ZOE) == [["suppressed_address", "finished_this", "no_active_mailbox"]]


def test_no_mailbox_left(stage: Stage) -> None:
    """A cadence whose mailboxes are unknown to the settings enrols nobody."""
    stage.apply(a_loaded(mailboxes=["gone"]))
    stage.bring_in(ZOE)
    assert codes(stage, ZOE) == [["no_active_mailbox"]]


def test_least_loaded(stage: Stage) -> None:
    """New people go to the mailbox that carries the fewest; one that cannot sign in gets none."""
    stage.apply(a_loaded(mailboxes=["luis", "ana"]))
    people = [f"p{number}@bank.example" for number in range(9)]
    stage.bring_in(*people)
    stage.enroll(*people[:3])
    stage.enroll(*people[3:5])
    chosen = [stage.enrollment(each).mailbox for each in people[:5]]
    assert chosen == ["ana", "luis", "ana", "luis", "ana"]
    stage.write(stop, stage.desk, people[0], "test", NOON)
    stage.write(stop, stage.desk, people[2], "test", NOON)
    stage.enroll(people[5])
    assert stage.enrollment(people[5]).mailbox == "ana"
    stage.write(mailboxes.ensure, ["ana"])
    stage.write(mailboxes.set_health, "ana", MailboxState.NEEDS_SIGN_IN)
    stage.enroll(people[6], people[7])
    assert [stage.enrollment(each).mailbox for each in people[6:8]] == ["luis", "luis"]


@pytest.mark.parametrize("name", ["Mars/Olympus", "Europe", "../etc", "x" * 300])
def test_a_zone_that_is_not_known_any_more(stage: Stage, name: str) -> None:
    """A prospect whose zone has vanished is served on the next clock instead of stopping others."""
    stage.apply(a_loaded(schedule={"timezone": "prospect"}))
    stage.bring_in(a_prospect(timezone=name), "p@bank.example")
    assert codes(stage, ZOE, "p@bank.example") == [[], []]


def test_a_template_that_fails_for_one_person(stage: Stage) -> None:
    """Who cannot be written to for an unforeseen reason keeps nobody else out."""
    body = "---\nsubject: Hi\n---\n{% if extra_wide %}{{ 'x' * 999999 }}{% endif %}Hello\n"
    stage.apply(a_loaded({"intro.md": body}))
    stage.bring_in(a_prospect(extra={"extra_wide": "1"}), "p@bank.example")
    assert codes(stage, ZOE, "p@bank.example") == [[], []]


def test_progress(stage: Stage) -> None:
    """People are enrolled in portions, each reported with its size."""
    stage.apply()
    people = [f"p{number}@bank.example" for number in range(201)]
    stage.bring_in(*people)
    seen: list[int] = []
    wanted = Enrolment(SLUG, people, "test")
    answers = enroll(stage.database, stage.desk, wanted, stage.new_key, NOON, seen.append)
    assert seen == [200, 1]
    assert all(answer.enrolled for answer in answers)


def test_two_who_enrol_the_same_people(each_stage: Stage) -> None:
    """People enrolled by two commands at once are in once, and nobody gets an error."""
    each_stage.apply()
    people = [f"p{number}@bank.example" for number in range(30)]
    each_stage.bring_in(*people)
    with ThreadPoolExecutor(3) as pool:
        rounds = list(pool.map(lambda _: each_stage.enroll(*people), range(3)))
    for answers in zip(*rounds, strict=True):
        assert sorted(answer.enrolled for answer in answers) == [False, False, True]


def test_the_same_everywhere(each_stage: Stage) -> None:
    """An opt-out by token suppresses the address and ends all of the person's enrollments."""
    each_stage.apply(a_loaded(), a_loaded(cadence="other"))
    each_stage.bring_in(ZOE)
    each_stage.enroll(ZOE)
    each_stage.enroll(ZOE, slug="other")
    token = make_token(bytes.fromhex(each_stage.enrollment(ZOE).key), each_stage.policy.keys[1:])
    later = NOON + timedelta(days=2_000)
    assert each_stage.write(opt_out, each_stage.desk, token, "link", later)
    assert each_stage.write(opt_out, each_stage.desk, token, "link", later)
    ended = each_stage.read(ledger.latest, 99)
    finished = [entry for _, entry in ended if str(entry.kind) == "finished"]
    assert len(finished) == 2
    assert each_stage.enrollment(ZOE).finish_reason is FinishReason.OPTED_OUT
    assert [each.state for each in each_stage.sends(ZOE)] == ["cancelled"]
    assert each_stage.timeline(ZOE).count("suppressed") == 1


@pytest.mark.parametrize("token", ["", "x", "A" * 36, "\x00" * 36, "../../etc/passwd"])
def test_no_token(each_stage: Stage, token: str) -> None:
    """What is no token of ours does nothing."""
    each_stage.begin(ZOE)
    assert not each_stage.write(opt_out, each_stage.desk, token, "link", NOON)
    foreign = make_token(b"\x01" * 16, [b"somebody else's key"])
    assert not each_stage.write(opt_out, each_stage.desk, foreign, "link", NOON)
    unknown = make_token(b"\x01" * 16, each_stage.policy.keys)
    assert not each_stage.write(opt_out, each_stage.desk, unknown, "link", NOON)
    assert each_stage.enrollment(ZOE).state is EnrollmentState.ACTIVE


def test_settings_without_mailboxes(stage: Stage) -> None:
    """Where the settings name no mailbox, nobody is enrolled."""
    bare = Stage(stage.database, a_policy(mailboxes={}))
    bare.apply()
    bare.bring_in(ZOE)
    assert codes(bare, ZOE) == [["no_active_mailbox"]]
