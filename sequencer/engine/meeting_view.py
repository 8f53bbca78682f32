"""A meeting as the API and the pages show it, to those who may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sequencer.domain.handover_record import from_json
from sequencer.domain.prospect import Prospect
from sequencer.domain.visibility import OURSELVES, may_see
from sequencer.engine.credit_meeting import credit
from sequencer.engine.desk import Desk
from sequencer.engine.handover_story import client_of_meeting, enrolled_for
from sequencer.engine.meeting_by_hand import UnknownMeetingError
from sequencer.engine.stop import UnknownProspectError
from sequencer.store import enrollments, handovers, meeting_list, meetings, prospects
from sequencer.store.database import Connection
from sequencer.store.handover_list import Given, last_given
from sequencer.store.meeting_list import Wanted
from sequencer.store.meetings import Meeting

__all__ = ["Connection", "Deed", "Meeting", "MeetingView", "Page", "Viewer", "Wanted"]

MOST_LOOKED_AT: Final = 1_000  # meetings in one answer, for a viewer who may not see them all
PORTION: Final = 100

Deed = Callable[[Connection, Desk, int, str, datetime], Meeting]


@dataclass(frozen=True, slots=True)
class MeetingView:
    """A meeting with what belongs to it.

    Attributes:
        person: whose it is; None where nobody knows.
        cadence: short name of the one that it is credited to.
        client: for whom that runs; None where nobody knows.
        handover: to whom it was given last; `rep` is their name as people say it.
    """

    meeting: Meeting
    person: Prospect | None
    cadence: str
    client: str | None
    handover: Given | None
    rep: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """Some meetings; `after` is where to go on, None where there are no more."""

    views: tuple[MeetingView, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who looks at meetings; `client` is empty for one of ours."""

    desk: Desk
    client: str = OURSELVES

    def see(self, connection: Connection, number: int) -> MeetingView:
        """The meeting of that number.

        Raises:
            UnknownMeetingError: there is none, or none that the viewer may see.
        """
        meeting = meetings.get(connection, number)
        found = self._views(connection, [meeting] if meeting else [])
        if not found:
            raise UnknownMeetingError(f"There is no meeting {number}.")
        return found[0]

    def knows(self, connection: Connection, address: str) -> str:
        """Token of a client's own enrollment of a prospect, the newest that runs; empty for us.

        Raises:
            UnknownProspectError: nobody has that address, as far as the viewer knows.
        """
        person = prospects.find(connection, address)
        if person is None:
            raise UnknownProspectError(address)
        if self.client == OURSELVES:
            return ""
        own = [
            each.enrollment for each in enrolled_for(connection, self.desk, person.id, self.client)
        ]
        if not own:
            raise UnknownProspectError(address)
        return next((each.key for each in own if each.finish_reason is None), own[0].key)

    def act(
        self, connection: Connection, number: int, deed: Deed, by: str, now: datetime
    ) -> MeetingView:
        """The meeting once something was said of it that the viewer may say.

        Raises:
            UnknownMeetingError: there is none, or none that the viewer may see.
            MeetingError: that cannot be said of it.
        """
        self.see(connection, number)
        deed(connection, self.desk, number, by, now)
        return self.see(connection, number)

    def crediting(self, address: str) -> Deed:
        """To give a meeting to a prospect of whom the viewer may know."""

        def give(
            connection: Connection, desk: Desk, number: int, by: str, now: datetime
        ) -> Meeting:
            self.knows(connection, address)
            return credit(connection, desk, number, address, by, now)

        return give

    def page(self, connection: Connection, wanted: Wanted, after: int, most: int) -> Page:
        """The meetings that are asked for, in the order of their numbers."""
        found: list[MeetingView] = []
        for _ in range(0, MOST_LOOKED_AT, most):
            numbers = meeting_list.numbers_after(connection, wanted, after, most + 1)
            found.extend(self._in_order(connection, numbers[:most]))
            if len(found) > most:
                return Page(tuple(found[:most]), found[most - 1].meeting.id)
            if len(numbers) <= most:
                return Page(tuple(found), None)
            after = numbers[most - 1]
            if len(found) == most:
                break
        return Page(tuple(found), after)

    def coming(
        self, connection: Connection, now: datetime, skip: int, most: int
    ) -> list[MeetingView]:
        """Meetings that are on, the next first."""
        return self._some(connection, meeting_list.coming, now, skip, most)

    def past(
        self, connection: Connection, now: datetime, skip: int, most: int
    ) -> list[MeetingView]:
        """All others, the latest first."""
        return self._some(connection, meeting_list.past, now, skip, most)

    def _some(
        self, connection: Connection, listed: "Listed", now: datetime, skip: int, most: int
    ) -> list[MeetingView]:
        if self.client == OURSELVES:
            return self._in_order(connection, listed(connection, now, skip, most))
        found: list[MeetingView] = []
        for begin in range(0, MOST_LOOKED_AT, PORTION):
            numbers = listed(connection, now, begin, PORTION)
            found.extend(self._in_order(connection, numbers))
            if len(numbers) < PORTION or len(found) >= skip + most:
                break
        return found[skip : skip + most]

    def _in_order(self, connection: Connection, numbers: Sequence[int]) -> list[MeetingView]:
        known = {each.id: each for each in meetings.get_many(connection, numbers)}
        return self._views(connection, [known[number] for number in numbers])

    def _views(self, connection: Connection, some: Sequence[Meeting]) -> list[MeetingView]:
        """Those that may be seen, with what belongs to them."""
        found = []
        people = prospects.get_many(connection, {each.prospect_id or 0 for each in some} - {0})
        of_ours = self.client == OURSELVES
        given = last_given(connection, [each.id for each in some]) if of_ours else {}
        for meeting in some:
            cadence, client = self._ran_for(connection, meeting)
            if not may_see(self.client, client):
                continue
            person = people.get(meeting.prospect_id or 0)
            last = given.get(meeting.id) if of_ours else self._given(connection, meeting)
            found.append(
                MeetingView(
                    meeting=meeting,
                    person=person.prospect if person else None,
                    cadence=cadence,
                    client=client,
                    handover=last,
                    rep=self._called(last.rep) if last else "",
                )
            )
        return found

    def _ran_for(self, connection: Connection, meeting: Meeting) -> tuple[str, str | None]:
        """The cadence that a meeting is credited to, and the client for whom that runs."""
        number = meeting.enrollment_id
        stored = enrollments.get(connection, number) if number is not None else None
        if stored is None or stored.prospect_id != meeting.prospect_id:
            return "", client_of_meeting(connection, self.desk, meeting)
        return stored.slug, self.desk.versions.get(connection, stored.version_hash).cadence.client

    def _given(self, connection: Connection, meeting: Meeting) -> Given | None:
        """The last handover that a client may see: none from when the meeting was another's."""
        theirs = [
            Given(each.id, each.rep, each.state)
            for each in handovers.of_meeting(connection, meeting.id)
            if may_see(self.client, from_json(each.record).client)
        ]
        return theirs[-1] if theirs else None

    def _called(self, rep: str) -> str:
        known = self.desk.policy.reps.get(rep)
        return known.person if known else rep


Listed = Callable[[Connection, datetime, int, int], list[int]]
