"""What the engine needs to know of the settings, as values without passwords or ports."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import chain
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sequencer.domain.absence import Absence, days_away
from sequencer.domain.access import Access
from sequencer.domain.address import key_of
from sequencer.domain.booking_link import OwnHosts
from sequencer.domain.cadence import Cadence, Version, ZoneFrom
from sequencer.domain.days_off import DaysOff
from sequencer.domain.disposition import Dispositions
from sequencer.domain.handover_policy import HandoverPolicy
from sequencer.domain.openings import Openings
from sequencer.domain.pacing import Limits, Pace
from sequencer.domain.prospect import Prospect
from sequencer.domain.rep import Rep
from sequencer.domain.replies import Replies
from sequencer.domain.timing import Timing
from sequencer.domain.workdays import Workdays
from sequencer.files.holiday_book import PublicHolidays

UTC_ZONE = ZoneInfo("UTC")
SKIPPED = "a skipped date"
MOST_TIMINGS = 5_000  # calendars that are kept: zones and countries times steps and mailboxes


@dataclass(frozen=True, slots=True)
class MailboxPolicy:
    """How one mailbox presents itself and how fast it may send.

    Attributes:
        keeps_sent_copy: a person's word on whether the provider files a copy in Sent by itself;
            None where that is to be learned.
        presumed_copy: the same as it is known of the provider; good for no more than a beginning.
        server: the servers that are spoken to; what was learned holds for these.
        country: whose public holidays the rep keeps, with the part of it.
        away: when the rep is away, on the dates of the mailbox's zone.
        rep: whose mailbox it is, where that is not its name.
        connections: over how many its mails go at the same time.
        booking_url: where a meeting with its rep is booked.
        values: further values of the sender, those of the rep among them.
    """

    name: str
    address: str
    sender_name: str
    tz: ZoneInfo | None = None
    pace: Pace = field(default_factory=Pace)
    keeps_sent_copy: bool | None = None
    presumed_copy: bool | None = None
    server: str = ""
    country: str = ""
    subdivision: str = ""
    away: tuple[Absence, ...] = ()
    rep: str = ""
    connections: int = 1
    booking_url: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def belongs_to(self) -> str:
        """The rep whose mailbox it is; by default the one it is named after."""
        return self.rep or self.name


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings of a workspace.

    Attributes:
        keys: secrets that sign opt-out links, the newest first; the oldest also salts Message-IDs.
        freshness: how old a mailbox's last scan may be when a mail leaves.
        poll: how often a mailbox is scanned although nothing announced a change.
        settle: how long a send in doubt is left alone before evidence is sought.
        probes: whether a mailbox may send a mail to itself to learn about its provider.
        copy_within: how long such a mail is looked for in Sent before it is taken for missing.
        late_copy_within: how long it is looked for all the same, as some copies are filed late.
        limits: what counts for every mail; the pace in it is that of its mailbox.
        consent_countries: where nobody is written to without a recorded consent.
        dispositions: how calls and other tasks may end.
        replies: what is made of answers.
        reps: whom meetings may be given to, by their short names.
        handover: how that is done.
        booking_hosts: hosts of our own that serve booking pages.
        access: who may ask us over the web.
        pools: mailboxes that write together, by the name that cadences use.
        own_keys: keys of the addresses of all mailboxes.
        openings: what has been found out about the calendars that many share.
    """

    mailboxes: Mapping[str, MailboxPolicy]
    keys: tuple[bytes, ...]
    public_url: str
    tz: ZoneInfo = UTC_ZONE
    postal_address: str = ""
    freshness: timedelta = timedelta(seconds=120)
    poll: timedelta = timedelta(seconds=60)
    settle: timedelta = timedelta(minutes=15)
    probes: bool = True
    copy_within: timedelta = timedelta(minutes=10)
    late_copy_within: timedelta = timedelta(days=1)
    limits: Limits = field(default_factory=Limits)
    dispositions: Dispositions = field(default_factory=dict)
    consent_countries: frozenset[str] = frozenset()
    replies: Replies = field(default_factory=Replies)
    reps: Mapping[str, Rep] = field(default_factory=dict)
    handover: HandoverPolicy = field(default_factory=HandoverPolicy)
    booking_hosts: OwnHosts = ()
    access: tuple[Access, ...] = ()
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    own_keys: frozenset[str] = field(init=False, repr=False, compare=False)
    openings: Openings = field(default_factory=Openings, init=False, repr=False, compare=False)
    _timings: dict[tuple[str | None, ...], Timing] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _values: dict[tuple[str, ...], Mapping[str, str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _limits: dict[tuple[str, int | None], Limits] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Work out once what every mail is compared with."""
        keys = (key_of(each.address) for each in self.mailboxes.values())
        object.__setattr__(self, "own_keys", frozenset(key for key in keys if key))

    @property
    def salt(self) -> str:
        """What makes Message-IDs unguessable; stays when keys are rotated."""
        return self.keys[-1].hex()

    def mailboxes_of(self, cadence: Cadence) -> tuple[str, ...]:
        """Who may write to somebody new: those that it names, or those in its pool just now."""
        return cadence.mailboxes or self.pools.get(cadence.pool, ())

    def booking_url(self, mailbox: MailboxPolicy, owner: str) -> str:
        """Where whoever hears from a mailbox books a meeting, empty where nobody has said it.

        The mailbox's own page, else that of its rep, else that of the owner of the prospect.
        """
        if mailbox.booking_url or not self.reps:
            return mailbox.booking_url
        names = (mailbox.belongs_to, owner)
        known = (self.reps.get(name.strip().casefold()) for name in names)
        return next((rep.booking_url for rep in known if rep and rep.booking_url), "")

    def sender_values(self, mailboxes: tuple[str, ...]) -> Mapping[str, str]:
        """All further values that a mail from some of these mailboxes may show."""
        found = self._values.get(mailboxes)
        if found is None:
            known = (self.mailboxes.get(name) for name in reversed(mailboxes))
            found = dict(chain.from_iterable(each.values.items() for each in known if each))
            self._values[mailboxes] = found
        return found

    def timing_in(
        self, version: Version, prospect: Prospect, mailbox: str, step_id: str | None
    ) -> Timing:
        """The calendar of a step of a version; the same one for all who have it in common."""
        shared = (
            version.hash,
            step_id,
            mailbox,
            prospect.timezone,
            prospect.country,
            prospect.subdivision,
        )
        found = self._timings.get(shared)
        if found is None:
            if len(self._timings) >= MOST_TIMINGS:
                self._timings.clear()
            found = self.timing(version.cadence, prospect, mailbox, step_id)
            self._timings[shared] = found
        return found

    def limits_of(self, mailbox: str, new_per_day: int | None) -> Limits:
        """Limits of a mail from a mailbox that is known, and of first touches if it is one."""
        found = self._limits.get((mailbox, new_per_day))
        if found is None:
            pace = self.mailboxes[mailbox].pace
            found = replace(self.limits, pace=pace, new_per_day=new_per_day)
            self._limits[mailbox, new_per_day] = found
        return found

    def timing(
        self, cadence: Cadence, prospect: Prospect, mailbox: str, step_id: str | None = None
    ) -> Timing:
        """The calendar of a step: its window, the zone by the cadence's rule, every day off.

        Without a step, or with one that the cadence does not have any more, the window is the one
        of the cadence.
        """
        schedule = cadence.schedule
        zones = self._zones(prospect, mailbox)
        order = list(ZoneFrom)
        chain = order[order.index(schedule.zone_from) :]
        tz_from, tz = next((each, zone) for each in chain if (zone := zones[each]) is not None)
        at_home = zones[ZoneFrom.PROSPECT] or tz
        theirs = PublicHolidays(prospect.country, prospect.subdivision)
        calendar = []
        if schedule.skip_dates:
            calendar.append(DaysOff(tz, dict.fromkeys(schedule.skip_dates, SKIPPED)))
        if theirs.country and ZoneFrom.PROSPECT in schedule.holidays:
            calendar.append(DaysOff(at_home, theirs))
        holidays = self._holidays_of(mailbox) if ZoneFrom.MAILBOX in schedule.holidays else ()
        return Timing(
            window=cadence.window_of(step_id),
            tz=tz,
            jitter=schedule.jitter,
            workdays=Workdays(at_home, theirs.weekend, tuple(calendar)),
            tz_from=tz_from,
            off=(*calendar, *holidays),
            away=self._absences_of(mailbox),
        )

    def zone_of(self, mailbox: str) -> ZoneInfo:
        """The zone on whose dates the rep of a mailbox works."""
        known = self.mailboxes.get(mailbox)
        return (known.tz if known else None) or self.tz

    def _zones(self, prospect: Prospect, mailbox: str) -> dict[ZoneFrom, ZoneInfo | None]:
        known = self.mailboxes.get(mailbox)
        return {
            ZoneFrom.PROSPECT: _zone(prospect.timezone),
            ZoneFrom.MAILBOX: known.tz if known else None,
            ZoneFrom.WORKSPACE: self.tz,
        }

    def _holidays_of(self, mailbox: str) -> tuple[DaysOff, ...]:
        known = self.mailboxes.get(mailbox)
        if known is None or not known.country:
            return ()
        holidays = PublicHolidays(known.country, known.subdivision)
        return (DaysOff(self.zone_of(mailbox), holidays),)

    def _absences_of(self, mailbox: str) -> tuple[DaysOff, ...]:
        known = self.mailboxes.get(mailbox)
        if known is None or not known.away:
            return ()
        return (days_away(known.away, known.sender_name, self.zone_of(mailbox)),)


def _zone(name: str) -> ZoneInfo | None:
    """The zone of that name; None for one that was left empty, or that is not known any more."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a folder of zones
        return None
