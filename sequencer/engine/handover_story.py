"""What does a rep have to know who takes a meeting over: the person, and what was said so far.

A rep of a client is told what belongs to the cadences of that client, and of nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sequencer.domain.handover_record import Line, Record
from sequencer.domain.prospect import Prospect
from sequencer.domain.rep import Rep
from sequencer.domain.task import TaskKind, TaskState
from sequencer.domain.visibility import OURSELVES, may_see, whose
from sequencer.engine.desk import Desk
from sequencer.engine.inside_rep import inside_rep
from sequencer.mail.footer import OPT_OUT
from sequencer.mail.foreign_word import without_controls
from sequencer.mail.incoming import read_mail
from sequencer.mail.unsubscribe import tokens_in
from sequencer.mail.verdict import Kind
from sequencer.store import bookings, enrollments, kept_mail, prospects, send_bytes, sends, tasks
from sequencer.store.database import Connection
from sequencer.store.enrollments import StoredEnrollment
from sequencer.store.meetings import Meeting
from sequencer.store.tasks import StoredTask

MOST_LINES: Final = 40  # of a timeline, the newest
FIRST_LINES: Final = 3  # of a text
LONGEST_LINE: Final = 200  # characters
LONGEST_PLACE: Final = 2_000  # of a link as well: half of one leads nowhere
MOST_REMARKS: Final = 4_000
CALLS_FROM: Final = timedelta(days=366)

_FOOTERS: Final = frozenset(OPT_OUT.values())
_ANSWERS: Final = (Kind.REPLY, Kind.AUTO_REPLY, Kind.OPT_OUT)


def record_of(
    connection: Connection, desk: Desk, meeting: Meeting, rep: Rep, now: datetime
) -> Record:
    """What that rep is told of a meeting: what its client may know, whoever the rep is."""
    person_id = meeting.prospect_id or 0
    person = prospects.get(connection, person_id).prospect
    client = rep.client or client_of_meeting(connection, desk, meeting) or OURSELVES
    told = enrolled_for(connection, desk, person_id, client)
    credited = next((each for each in told if each.id == meeting.enrollment_id), None)
    cadence = desk.versions.get(connection, credited.version_hash).cadence if credited else None
    mails = _mails(connection, told)
    inside = inside_rep(desk.policy, person, [*([credited] if credited else []), *told])
    return Record(
        person=_line(f"{person.first_name} {person.last_name}"),
        email=person.email,
        title=_line(meeting.title),
        company=_line(person.company),
        position=_line(person.title),
        phone=_line(person.phone),
        country=_line(person.country),
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        person_tz=_zone_of(person, meeting),
        rep_tz=rep.tz.key,
        place=_line(meeting.place, LONGEST_PLACE),
        link=_line(meeting.link, LONGEST_PLACE),
        notes=_remarks(connection, meeting),
        cadence=_line(cadence.title) if cadence else "",
        client=client,
        intent=_intent(mails),
        inside_rep=inside.name or inside.address if inside else "",
        timeline=tuple(_timeline(connection, told, mails)),
        calls=tuple(_calls(connection, told, client, person_id, now)),
    )


def enrolled_for(
    connection: Connection, desk: Desk, prospect_id: int, viewer: str
) -> list[StoredEnrollment]:
    """The enrollments of a person that a viewer may see, the newest first."""
    return [
        stored
        for stored in enrollments.of_prospect(connection, prospect_id)
        if may_see(viewer, desk.versions.get(connection, stored.version_hash).cadence.client)
    ]


def client_of_meeting(connection: Connection, desk: Desk, meeting: Meeting) -> str | None:
    """Which client a meeting belongs to; empty for ourselves, None where nobody knows."""
    every = enrollments.of_prospect(connection, meeting.prospect_id) if meeting.prospect_id else []
    clients = {
        each.id: desk.versions.get(connection, each.version_hash).cadence.client for each in every
    }
    credited = clients.get(meeting.enrollment_id or 0)
    return whose(credited, list(clients.values()))


def _remarks(connection: Connection, meeting: Meeting) -> str:
    """What the person wrote when they booked, as it was told last."""
    told = bookings.told(connection, meeting.id)
    text = next((each.remarks for each in reversed(told) if each.remarks), "")
    lines = [_line(each) for each in text[:MOST_REMARKS].splitlines()]
    return "\n".join(each for each in lines if each)


def _timeline(
    connection: Connection,
    told: Sequence[StoredEnrollment],
    mails: Sequence[kept_mail.KeptMail],
) -> Iterator[Line]:
    """Mails that left, and mails that came, in order."""
    numbers = [each.id for each in told]
    found: list[tuple[datetime, int, str, str]] = [
        (each.ended_at or each.due_at, each.id, "we wrote", each.subject or "")
        for of_one in sends.sent_to(connection, numbers).values()
        for each in of_one
    ]
    words = {id(each): _words(each) for each in mails}
    came = [(each.stored_at, 0, *words[id(each)]) for each in mails]
    for at, send_id, what, said in sorted([*found, *came])[-MOST_LINES:]:
        whole = f"{_line(said)}\n{_sent_words(connection, send_id)}" if send_id else said
        yield Line(at, what, whole.strip())


def _sent_words(connection: Connection, send_id: int) -> str:
    raw = send_bytes.of(connection, send_id)
    return first_lines(read_mail(raw).text) if raw else ""


def _mails(connection: Connection, told: Sequence[StoredEnrollment]) -> list[kept_mail.KeptMail]:
    numbers = [each.id for each in told]
    return kept_mail.of_enrollments(connection, numbers, _ANSWERS, MOST_LINES)


def _words(mail: kept_mail.KeptMail) -> tuple[str, str]:
    """What a mail that came in is called, and how it begins."""
    text = (mail.verdict or {}).get("new_text")
    what = (
        f"they wrote ({mail.kind.replace('_', ' ')})" if mail.kind != Kind.REPLY else "they wrote"
    )
    return what, first_lines(text) if isinstance(text, str) else ""


def _intent(mails: Sequence[kept_mail.KeptMail]) -> str:
    """What the last answer wants, as far as the rules could tell."""
    verdicts: list[Mapping[str, object]] = [each.verdict or {} for each in mails]
    return next((str(found) for each in reversed(verdicts) if (found := each.get("intent"))), "")


def _calls(
    connection: Connection,
    told: Sequence[StoredEnrollment],
    client: str,
    person_id: int,
    now: datetime,
) -> list[Line]:
    """Calls that have been made; those that belong to no cadence are for ourselves alone."""
    made = [each for stored in told for each in tasks.of_enrollment(connection, stored.id)]
    if client == OURSELVES:
        made += tasks.calls_since(connection, person_id, now - CALLS_FROM)
    lines = [_call(each) for each in made if _was_made(each)]
    return sorted(lines, key=lambda line: (line.at, line.what))[-MOST_LINES:]


def _was_made(task: StoredTask) -> bool:
    return task.kind is TaskKind.CALL and task.state is TaskState.DONE


def _call(task: StoredTask) -> Line:
    result = f": {task.disposition}" if task.disposition else ""
    at = task.ended_at or task.created_at
    return Line(at, f"call by {_line(task.ended_by)}{result}", _line(task.note, 2_000))


def _zone_of(person: Prospect, meeting: Meeting) -> str:
    """The person's zone: as they booked it, else as it was imported."""
    return next((each for each in (meeting.tz, person.timezone) if _is_zone(each)), "")


def _is_zone(name: str) -> bool:
    try:
        return name != "" and ZoneInfo(name).key == name
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of zones
        return False


def first_lines(text: str) -> str:
    """How a text begins, without any link by which its reader could opt out."""
    lines = (_line(each) for each in text[:10_000].splitlines())
    said = [each for each in lines if each and each not in _FOOTERS and not tokens_in(each)]
    more = " ..." if len(said) > FIRST_LINES else ""
    return "\n".join(said[:FIRST_LINES]) + more


def _line(text: str, most: int = LONGEST_LINE) -> str:
    """Text on one line, without what turns it around or cannot be written."""
    shown = "".join(each for each in without_controls(text[: 2 * most]) if each not in _TURNS)
    whole = " ".join(shown.encode("utf-8", "replace").decode().split())
    return whole if len(whole) <= most else f"{whole[: most - 4]} ..."


_TURNS: Final = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
