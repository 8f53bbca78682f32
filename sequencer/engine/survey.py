"""Where do these people stand with this cadence? Read for many of them at once."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sequencer.domain.account import account_key
from sequencer.domain.address import key_of
from sequencer.domain.admission import ACCOUNT_REPLIED_DAYS
from sequencer.domain.audience import ColleagueAction, ColleagueRule, Exclusive
from sequencer.domain.cadence import Cadence, Version
from sequencer.domain.enrollment import EnrollmentState
from sequencer.domain.overrides import NO_OVERRIDES, Overrides
from sequencer.domain.rolling import DAY
from sequencer.domain.standing import ColleagueReply, Elsewhere, Room, Run, Standing
from sequencer.engine.compose_mail import missing_variables
from sequencer.engine.desk import NO_VALUES, Desk
from sequencer.engine.wording import wordless
from sequencer.store import draining, enrollments, first_run, standing, suppressions
from sequencer.store.database import Connection
from sequencer.store.prospects import StoredProspect
from sequencer.store.standing import Replied, StoredRun

_FINISHED = EnrollmentState.FINISHED


@dataclass(frozen=True, slots=True)
class Asked:
    """What the gate is asked: these people, this cadence, at this instant.

    Attributes:
        own: enrollments of theirs that the question is about; these speak against nobody.
        rep: who enrols them, None where nobody does.
        overrides: what they do otherwise than the cadence says.
    """

    version: Version
    people: Sequence[StoredProspect]
    now: datetime
    own: Collection[int] = ()
    rep: str | None = None
    overrides: Overrides = NO_OVERRIDES


def survey(connection: Connection, desk: Desk, asked: Asked) -> dict[int, Standing]:
    """The standing of each person by number; mailboxes and room are not looked at."""
    return _Survey(connection, desk, asked).standings()


def room_in(connection: Connection, cadence: Cadence, now: datetime) -> Room:
    """How full a cadence is, as far as its throttle wants to know, and whether it is open."""
    throttle, slug = cadence.throttle, cadence.slug
    active = standing.begun(connection, slug) if throttle.max_active is not None else 0
    activated: list[datetime] = []
    if throttle.new_per_day is not None:
        activated = standing.activated_since(connection, slug, now - DAY)
    first = first_run.limit_of(connection, slug)
    return Room(
        active,
        activated,
        most_at_first=first.most if first else None,
        begun_at_first=first.begun if first else 0,
        draining_since=draining.since(connection, slug),
    )


def lock_gate(connection: Connection, people: Collection[StoredProspect]) -> None:
    """Let nobody else ask the gate about these people, or their accounts, until the end."""
    keys = {account_key(each.prospect) for each in people}
    standing.lock_people(connection, {each.id for each in people}, keys)


class _Survey:
    """The answers of the database, kept until every person has theirs."""

    def __init__(self, connection: Connection, desk: Desk, asked: Asked) -> None:
        self.connection, self.desk, self.asked = connection, desk, asked
        self.cadence = asked.version.cadence
        self.numbers = [each.id for each in asked.people]
        self.stopped = desk.stopped(connection, asked.version)
        own, steps = asked.overrides, self.cadence.steps
        before = self.cadence.ids_before(own.start_at) if own.start_at is not None else ()
        self.wordless = wordless(steps, self.stopped, {*own.skip, *before})
        self.known = desk.accounts(connection, ((asked.version, each) for each in asked.people))
        self.accounts = {each.id: account_key(each.prospect) for each in asked.people}

    def standings(self) -> dict[int, Standing]:
        found = {each.id: self._alone(each) for each in self.asked.people}
        runs = defaultdict[int, list[StoredRun]](list)
        for run in standing.runs_of(self.connection, self.numbers):
            runs[run.prospect_id].append(run)
        self._add_runs(found, runs)
        self._add_accounts(found, runs)
        self._add_replies(found)
        if self.cadence.audience.min_days_since_touch:
            touches = standing.last_touches(self.connection, self.numbers, self.asked.own)
            for number, at in touches.items():
                found[number] = replace(found[number], touched_at=at)
        if not self.asked.own and not self.cadence.audience.beside_meeting:
            ahead = standing.meetings_ahead(self.connection, self.numbers, self.asked.now)
            for number, at in ahead.items():
                found[number] = replace(found[number], meeting_at=at)
        return self._with_suppressions(found)

    def _alone(self, person: StoredProspect) -> Standing:
        """What is known of somebody without asking the database."""
        asked, cadence, policy = self.asked, self.cadence, self.desk.policy
        return Standing(
            now=asked.now,
            prospect=person.prospect,
            workdays=policy.timing(cadence, person.prospect, "", None).workdays,
            audience=cadence.audience,
            colleagues=cadence.colleagues,
            throttle=cadence.throttle,
            rep=asked.rep,
            missing=missing_variables(
                self.desk,
                asked.version,
                person.prospect,
                asked.overrides,
                self.stopped,
                self.known.get(person.id, NO_VALUES),
            ),
            wordless=self.wordless,
            consent_countries=policy.consent_countries,
        )

    def _add_runs(self, found: dict[int, Standing], runs: dict[int, list[StoredRun]]) -> None:
        for number, each in found.items():
            others = [run for run in runs[number] if run.enrollment_id not in self.asked.own]
            here = [run for run in others if run.slug == self.cadence.slug]
            live = [run for run in others if run.state is not _FINISHED]
            found[number] = replace(
                each,
                here=Run(here[-1].state, here[-1].finish_reason) if here else None,
                elsewhere=tuple(
                    Elsewhere(run.slug, self._exclusive(run))
                    for run in live
                    if run.slug != self.cadence.slug
                ),
            )

    def _exclusive(self, run: StoredRun) -> Exclusive:
        version = self.desk.versions.get(self.connection, run.version_hash)
        return version.cadence.audience.exclusive

    def _add_accounts(self, found: dict[int, Standing], runs: dict[int, list[StoredRun]]) -> None:
        if self.cadence.audience.max_active_per_account is None:
            return
        keys = sorted(set(self.accounts.values()))
        # Who waits takes a place from those who come later, but not from others who wait.
        states = standing.BEGUN if self.asked.own else enrollments.LIVE
        active = standing.people_in(self.connection, keys, states)
        for number, each in found.items():
            himself = any(run.state in states for run in runs[number])
            others = active.get(self.accounts[number], 0) - himself
            found[number] = replace(each, account_active=max(others, 0))

    def _add_replies(self, found: dict[int, Standing]) -> None:
        rule = self.cadence.colleagues
        if rule.action is ColleagueAction.IGNORE:
            return
        keys = sorted(set(self.accounts.values()))
        since = self.asked.now - _counts_for(rule)
        by_account = defaultdict[str, list[Replied]](list)
        for reply in standing.replies_of(self.connection, keys, since):
            by_account[reply.account_key].append(reply)
        for number, each in found.items():
            others = [
                reply
                for reply in by_account[self.accounts[number]]
                if reply.prospect_id != number and self.accounts[number]
            ]
            if others:
                latest = ColleagueReply(others[-1].at, others[-1].sender)
                found[number] = replace(each, account_reply=latest)

    def _with_suppressions(self, found: dict[int, Standing]) -> dict[int, Standing]:
        keys = {each.id: key_of(each.prospect.email) for each in self.asked.people}
        wanted = [key for key in keys.values() if key]
        hits = suppressions.hitting(self.connection, wanted, self.asked.now)
        return {
            number: replace(each, suppressions=hits.get(keys[number], ()))
            for number, each in found.items()
        }


def _counts_for(rule: ColleagueRule) -> timedelta:
    """How far back an answer may lie; a day more, for a local day may have 25 hours."""
    days = rule.days if rule.action is ColleagueAction.PAUSE else ACCOUNT_REPLIED_DAYS
    return timedelta(days=days + 1)
