"""What do the settings mean to the engine? Its policy, without passwords and ports."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sequencer.domain.access import Access, digest_of
from sequencer.domain.delay import Delay, Unit
from sequencer.domain.pacing import Limits, Pace
from sequencer.domain.replies import Replies
from sequencer.domain.rolling import Ramp
from sequencer.engine.policy import MailboxPolicy, Policy
from sequencer.engine.rep_policy import rep_of
from sequencer.files.api_key_settings import ApiKeySettings
from sequencer.files.mailbox_settings import MailboxSettings
from sequencer.files.provider import PRESETS
from sequencer.files.rep_settings import RepSettings
from sequencer.files.settings import Settings
from sequencer.files.settings_model import ReplySettings


def policy_of(settings: Settings) -> Policy:
    """The settings as the engine sees them, without passwords and ports."""
    workspace, sending, limits = settings.workspace, settings.sending, settings.limits
    return Policy(
        mailboxes={
            name: _mailbox(name, each, settings.reps.get((each.rep or name).strip().casefold()))
            for name, each in settings.mailboxes.items()
        },
        pools=settings.pools,
        keys=tuple(key.get_secret_value().encode() for key in settings.secret_keys),
        public_url=settings.web.public_url,
        tz=ZoneInfo(workspace.timezone),
        postal_address=workspace.postal_address,
        freshness=timedelta(seconds=sending.freshness_s),
        poll=timedelta(seconds=sending.poll_s),
        settle=timedelta(minutes=sending.settle_minutes),
        probes=sending.probe,
        reps={name: rep_of(name, each, workspace.timezone) for name, each in settings.reps.items()},
        handover=settings.handover.policy(),
        access=tuple(_access(name, each) for name, each in settings.web.api_keys.items()),
        booking_hosts=tuple(sorted(settings.booking_hosts.items())),
        consent_countries=frozenset(settings.consent.countries),
        replies=_replies(settings.replies),
        limits=Limits(
            per_domain=limits.per_domain,
            per_person_day=limits.per_person_day,
            per_person_week=limits.per_person_week,
        ),
    )


def _access(name: str, settings: ApiKeySettings) -> Access:
    return Access(
        name=name,
        rep=settings.rep,
        digest=digest_of(settings.secret()),
        client=settings.client,
        may_write=not settings.read_only,
    )


def _replies(settings: ReplySettings) -> Replies:
    return Replies(
        undated_absence=Delay(settings.absence_days, Unit.DAYS),
        longest_absence=timedelta(days=settings.absence_most_days),
        confirms_opt_out=settings.confirm_opt_out,
        keeps_mail=timedelta(days=settings.keep_mail_days),
    )


def _mailbox(name: str, settings: MailboxSettings, rep: RepSettings | None) -> MailboxPolicy:
    return MailboxPolicy(
        name=name,
        address=settings.address,
        sender_name=settings.name,
        tz=ZoneInfo(settings.timezone) if settings.timezone else None,
        pace=_pace(settings),
        keeps_sent_copy=settings.keeps_sent_copy,
        presumed_copy=PRESETS[settings.provider].keeps_sent_copy,
        server=_servers(settings),
        country=settings.country,
        subdivision=settings.subdivision,
        away=tuple(each.absence for each in settings.away),
        rep=settings.rep,
        booking_url=settings.booking_url,
        values={**(rep.values if rep else {}), **settings.values},
    )


def _servers(settings: MailboxSettings) -> str:
    smtp, imap = settings.smtp, settings.imap
    return f"{smtp.host}:{smtp.port} {imap.host}:{imap.port}"


def _pace(settings: MailboxSettings) -> Pace:
    ramp = settings.ramp
    return Pace(
        per_day=settings.per_day,
        gap=timedelta(seconds=settings.gap_s),
        per_hour=settings.per_hour,
        per_week=settings.per_week,
        ramp=Ramp(ramp.begin, ramp.step) if ramp else None,
        first_share=settings.first_share,
    )
