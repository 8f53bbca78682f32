"""Whatever has happened: what a client is shown or told holds nothing of another client."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from builders import NOON
from fakes.fast_database import laid_anew
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stage import Stage, a_loaded

from sequencer.cli.desk import json_text
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.meeting import MeetingState
from sequencer.domain.rep import Rep
from sequencer.domain.send import SendEvent
from sequencer.domain.task import TaskEvent, TaskKind
from sequencer.engine.handover_answer import HandoverError
from sequencer.engine.handover_list import HandoverLine, handover_lines, handover_page
from sequencer.engine.handover_offer import offer_next
from sequencer.engine.meeting_view import Viewer, Wanted
from sequencer.mail.folder import Folder
from sequencer.mail.incoming import read_mail
from sequencer.store import (
    enrollments,
    handovers,
    inbound,
    meetings,
    notices,
    send_bytes,
    sends,
    tasks,
)
from sequencer.store.database import Connection, Database
from sequencer.store.inbound import Inbound, Place
from sequencer.store.meetings import Meeting
from sequencer.store.tasks import NewTask

CLIENTS = ("acme", "beta", "")
PEOPLE = ("zoe@bank.example", "max@bank.example")
REPS = {
    f"rep-{client or 'own'}": Rep(
        f"rep-{client or 'own'}",
        f"Rep of {client}",
        f"rep@{client or 'own'}.example",
        ZoneInfo("Europe/Madrid"),
        client=client,
    )
    for client in CLIENTS
}
KINDS = ("sent", "answer", "call", "loose_call", "meeting", "uncredited")
EVENTS = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(CLIENTS), st.sampled_from(KINDS)),
    min_size=2,
    max_size=12,
)


def secret(client: str) -> str:
    """A word that belongs to that client."""
    return f"secret-of-{client or 'ours'}"


def lines_for(connection: Connection, client: str) -> list[HandoverLine]:
    return handover_lines(connection, client=client)


def slug(client: str) -> str:
    return f"for-{client or 'us'}"


class Agency:
    """An agency that sells for two clients and for itself, to the same people."""

    def __init__(self, database: Database) -> None:
        """Everybody is in no cadence yet."""
        self.stage = Stage(database)
        ways = HandoverPolicy(to=("round_robin",))
        self.stage.policy = replace(self.stage.policy, reps=REPS, handover=ways)
        self.stage.restart()
        self.stage.apply(
            *(
                a_loaded(cadence=slug(client), title=secret(client), client=client)
                for client in CLIENTS
            )
        )
        self.stage.bring_in(*PEOPLE)
        self.number = 0

    def enrolled(self, person: str, client: str) -> int:
        """Number of the enrollment of a person for a client, new where there is none."""
        self.stage.enroll(person, slug=slug(client))
        whose = self.stage.person(person)
        found = self.stage.read(enrollments.of_prospect, whose)
        return int(next(each.id for each in found if each.slug == slug(client)))

    def happen(self, person: str, client: str, kind: str) -> None:
        """Let something happen that only that client may know of."""
        self.number += 1
        enrollment = self.enrolled(person, client)
        whose, stage = self.stage.person(person), self.stage
        if kind == "sent":
            [first, *_] = stage.read(sends.of_enrollment, enrollment)
            raw = f"Subject: x\r\n\r\n{secret(client)} in a mail\r\n".encode()
            stage.write(send_bytes.keep, {first.id: raw})
            for event in (SendEvent.CLAIM, SendEvent.HAND, SendEvent.ACCEPT):
                stage.write(sends.move, [first.id], event, ended_at=NOON, subject=secret(client))
        elif kind == "answer":
            verdict = {"new_text": f"{secret(client)} in an answer", "intent": "question"}
            message = Inbound(
                f"d{self.number}", person, "s", "reply", "", "", enrollment, None, "1", verdict
            )
            stage.write(inbound.add, Place("ana", Folder.INBOX, 1, self.number), message, NOON)
        elif kind in {"call", "loose_call"}:
            # A call that belongs to no cadence is for ourselves, whoever it was about.
            note = secret(client if kind == "call" else "")
            new = NewTask(whose, TaskKind.CALL, "ana", "Call", NOON)
            if kind == "call":
                new = replace(new, enrollment_id=enrollment, step_id=f"call-{self.number}")
            number = stage.write(tasks.add, new, NOON)
            values = {"note": note, "ended_at": NOON, "ended_by": "ana"}
            stage.write(tasks.move, number, TaskEvent.DO, **values)
        else:
            self.meet(person, client, enrollment if kind == "meeting" else None)

    def meet(self, person: str, client: str, enrollment: int | None) -> None:
        """Book a meeting, which is offered to a rep; one that is credited tells nothing more."""
        meeting = Meeting(
            source="calendly",
            meeting_key=f"m{self.number}",
            previous_key="",
            state=MeetingState.BOOKED,
            email=person,
            prospect_id=self.stage.person(person),
            starts_at=NOON + timedelta(days=self.number),
            title=secret(client) if enrollment else "",
            enrollment_id=enrollment,
            verified=True,
        )
        meeting = replace(meeting, id=self.stage.write(meetings.add, meeting, NOON))
        self.stage.write(offer_next, self.stage.desk, meeting, NOON)

    def shown(self, client: str) -> Iterator[str]:
        """All that a client can get to see."""
        stage, viewer = self.stage, Viewer(self.stage.desk, client)
        yield json_text(stage.read(lines_for, client))
        yield json_text(stage.read(viewer.page, Wanted(), 0, 100))
        for each in stage.read(handovers.listed):
            try:
                page = stage.read(handover_page, stage.desk, each.id, NOON, client)
            except HandoverError:
                continue
            yield json_text(page)
        address = REPS[f"rep-{client or 'own'}"].address
        while (mail := stage.read(notices.due, "ana", NOON)) is not None:
            if mail.recipient == address:
                yield read_mail(mail.data).text
                yield mail.data.decode()
            stage.write(notices.hand, mail.id, NOON)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=EVENTS, viewer=st.sampled_from(("acme", "beta")))
def test_nothing_of_another(
    fast_engine: Database,
    sqlite_template: Path,
    events: list[tuple[str, str, str]],
    viewer: str,
) -> None:
    """Neither lists, nor records, nor mails to its reps name what is not its own."""
    with laid_anew(fast_engine, sqlite_template) as database:
        agency = Agency(database)
        for event in events:
            agency.happen(*event)
        shown = "\n".join(agency.shown(viewer))
        for other in CLIENTS:
            assert other == viewer or secret(other) not in shown


def test_its_own_is_shown(fast_engine: Database, sqlite_template: Path) -> None:
    """What is a client's own is there, or the property above would hold of nothing."""
    with laid_anew(fast_engine, sqlite_template) as database:
        agency = Agency(database)
        for kind in KINDS[:4]:
            agency.happen(PEOPLE[0], "acme", kind)
        agency.happen(PEOPLE[0], "acme", "meeting")
        shown = "\n".join(agency.shown("acme"))
        assert f"{secret('acme')} in a mail" in shown
        assert f"{secret('acme')} in an answer" in shown
        assert secret("") not in shown
        agency.happen(PEOPLE[0], "beta", "sent")
        assert "rep-acme" in json_text(agency.stage.read(lines_for, "acme"))
        assert agency.stage.read(lines_for, "beta") == []
        assert len(agency.stage.read(handover_lines)) == 1
