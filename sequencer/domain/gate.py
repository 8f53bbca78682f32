"""The gate: every rule that a person or a mail has to pass, as one table.

A rule has a code, the occasions on which it is asked, and what follows when it says no to a mail.
All rules of an occasion are always asked, so that the whole truth can be told at once.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from itertools import groupby

from sequencer.domain import admission, mail_rules
from sequencer.domain.enrollment import EnrollmentState, FinishReason, PauseReason
from sequencer.domain.mailbox import MailboxState
from sequencer.domain.reason import Reason, Refusal
from sequencer.domain.standing import Moment, Standing


class Occasion(StrEnum):
    """When a rule is asked."""

    ENROLMENT = "enrolment"
    ACTIVATION = "activation"
    FIRST_MAIL = "first mail"
    MAIL = "every mail"
    DOT = "final dot"


class Effect(StrEnum):
    """What follows when a rule says no to a mail."""

    FINISH = "finish"
    SKIP = "skip"
    REST = "rest"
    ASK = "ask"
    WAIT = "wait"


Ask = Callable[[Standing, Moment | None], Iterable[Refusal]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        asked: the occasions; `MAIL` includes the first one. At the final dot, a moment after the
            look, only those are asked again that time or a stop may have changed.
        effect: what follows from a no before a mail, None where it is not asked then.
        finish_reason: how the enrollment ends, where the effect is to finish.
        pause_reason: how it is held, where the effect is to ask a person.
        matters: what has to be there at all for it to say no; None for no such short way. Several
            rules share one, so that a mail which nothing stands against is asked little.
    """

    reason: Reason
    asked: frozenset[Occasion]
    ask: Ask
    effect: Effect | None = None
    finish_reason: FinishReason | None = None
    pause_reason: PauseReason = PauseReason.REVIEW
    matters: Callable[[Standing, Moment], bool] | None = None

    def is_asked(self, occasion: Occasion) -> bool:
        """Whether the rule counts on that occasion."""
        mail = occasion is Occasion.FIRST_MAIL and Occasion.MAIL in self.asked
        return mail or occasion in self.asked


@dataclass(frozen=True, slots=True)
class Answer:
    """What a rule said; no refusals mean yes."""

    rule: Rule
    refusals: tuple[Refusal, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether the rule has nothing against it."""
        return not self.refusals

    @property
    def passes_at(self) -> datetime | None:
        """Instant at which time alone will have healed it; None if it needs more."""
        return passes_at(self.refusals)


def ask_gate(
    standing: Standing, moment: Moment | None = None, occasion: Occasion | None = None
) -> list[Answer]:
    """What each rule of an occasion says, or each of all rules, in the order of the table.

    Rules about a mail pass where no moment is given.
    """
    return [Answer(rule, tuple(rule.ask(standing, moment))) for rule in _asked_on(occasion)]


def refusing(standing: Standing, moment: Moment, occasion: Occasion) -> list[Answer]:
    """What the rules of an occasion say that say no, in the order of the table."""
    found = []
    for matters, rules in _parts_of(occasion):
        if matters is None or matters(standing, moment):
            for rule in rules:
                refusals = tuple(rule.ask(standing, moment))
                if refusals:
                    found.append(Answer(rule, refusals))
    return found


@cache
def _parts_of(
    occasion: Occasion,
) -> tuple[tuple[Callable[[Standing, Moment], bool] | None, tuple[Rule, ...]], ...]:
    """The rules of an occasion, neighbours that share a short way together."""
    parts = groupby(_asked_on(occasion), key=lambda rule: rule.matters)
    return tuple((matters, tuple(rules)) for matters, rules in parts)


@cache
def _asked_on(occasion: Occasion | None) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES if occasion is None or rule.is_asked(occasion))


def refusals_of(answers: Iterable[Answer]) -> list[Refusal]:
    """Everything that was said against it."""
    return [refusal for answer in answers for refusal in answer.refusals]


def passes_at(refusals: Sequence[Refusal]) -> datetime | None:
    """Instant at which time alone will have healed all refusals, None if one of them needs more."""
    instants = [refusal.until for refusal in refusals]
    known = [at for at in instants if at is not None]
    return max(known) if known and len(known) == len(instants) else None


def decisive(answers: Iterable[Answer]) -> tuple[Answer, Effect] | None:
    """The no that decides what becomes of a mail, and its effect; None where all say yes.

    An end comes before a pause, a pause before what only costs time. What no time heals is for a
    person, although its rule would only wait.
    """
    refused = [answer for answer in answers if not answer.passes]
    if not refused:
        return None
    return min(((answer, _effect(answer)) for answer in refused), key=_rank)


def _effect(answer: Answer) -> Effect:
    effect = answer.rule.effect or Effect.WAIT
    return Effect.ASK if effect is Effect.WAIT and answer.passes_at is None else effect


_ORDER = list(Effect)


def _rank(decision: tuple[Answer, Effect]) -> int:
    return _ORDER.index(decision[1])


def _person(ask: Callable[[Standing], Iterable[Refusal]]) -> Ask:
    return lambda standing, _moment: ask(standing)


def _mail(ask: Callable[[Moment], Iterable[Refusal]]) -> Ask:
    return lambda _standing, moment: () if moment is None else ask(moment)


_ENTRY = frozenset({Occasion.ENROLMENT, Occasion.ACTIVATION})
_BEFORE = _ENTRY | {Occasion.FIRST_MAIL}
_ALWAYS = _ENTRY | {Occasion.MAIL}
_MAILS = frozenset({Occasion.MAIL, Occasion.DOT})


def _suppression(reason: Reason, finish_reason: FinishReason) -> Rule:
    ask = _person(partial(admission.suppressed_as, reason=reason))
    asked = _ALWAYS | {Occasion.DOT}
    return Rule(reason, asked, ask, Effect.FINISH, finish_reason, matters=_is_listed)


def _is_listed(standing: Standing, _moment: Moment) -> bool:
    return bool(standing.suppressions)


def _is_held(_standing: Standing, moment: Moment) -> bool:
    return moment.enrollment.state is not EnrollmentState.ACTIVE


def _is_unwell(_standing: Standing, moment: Moment) -> bool:
    return moment.health.state is not MailboxState.OK


def _is_unknown(_standing: Standing, moment: Moment) -> bool:
    return not moment.known


def _is_paced(_standing: Standing, moment: Moment) -> bool:
    return bool(moment.paced)


def _is_closed(_standing: Standing, moment: Moment) -> bool:
    return moment.closed is not None


def _pace(reason: Reason, effect: Effect) -> Rule:
    ask = _mail(partial(mail_rules.pacing, reason=reason))
    return Rule(reason, _MAILS, ask, effect, matters=_is_paced)


def _calendar(reason: Reason) -> Rule:
    ask = _mail(partial(mail_rules.calendar, reason=reason))
    return Rule(reason, _MAILS, ask, Effect.WAIT, matters=_is_closed)


RULES: tuple[Rule, ...] = (
    Rule(Reason.EMAIL_INVALID, _ALWAYS, _person(admission.valid_address), Effect.ASK),
    _suppression(Reason.SUPPRESSED_ADDRESS, FinishReason.SUPPRESSED),
    _suppression(Reason.SUPPRESSED_DOMAIN, FinishReason.SUPPRESSED),
    _suppression(Reason.OPTED_OUT, FinishReason.OPTED_OUT),
    _suppression(Reason.BOUNCED_BEFORE, FinishReason.BOUNCED),
    _suppression(Reason.COMPLAINED_BEFORE, FinishReason.COMPLAINED),
    _suppression(Reason.UNREACHABLE, FinishReason.FAILED),
    Rule(
        Reason.DOMAIN_DEAD,
        _ALWAYS | {Occasion.DOT},
        _person(partial(admission.suppressed_as, reason=Reason.DOMAIN_DEAD)),
        Effect.ASK,
        matters=_is_listed,
    ),
    Rule(Reason.PAUSED, _MAILS, _mail(mail_rules.not_paused), Effect.SKIP, matters=_is_held),
    Rule(Reason.NOT_ACTIVE, _MAILS, _mail(mail_rules.running), Effect.SKIP, matters=_is_held),
    Rule(
        Reason.ALREADY_IN_THIS,
        frozenset({Occasion.ENROLMENT}),
        _person(admission.not_in_it),
    ),
    Rule(
        Reason.FINISHED_THIS,
        frozenset({Occasion.ENROLMENT}),
        _person(admission.not_through_it),
    ),
    Rule(Reason.EXCLUSIVE_CONFLICT, _BEFORE, _person(admission.no_conflict), Effect.ASK),
    Rule(Reason.ACCOUNT_BUSY, _ENTRY, _person(admission.account_has_room)),
    Rule(Reason.ACCOUNT_REPLIED, _ENTRY, _person(admission.account_is_silent)),
    Rule(
        Reason.MEETING_AHEAD,
        frozenset({Occasion.ENROLMENT}),
        _person(admission.no_meeting_ahead),
    ),
    Rule(Reason.TOUCHED_TOO_RECENTLY, _BEFORE, _person(admission.left_alone), Effect.WAIT),
    Rule(Reason.STAGE_EXCLUDED, _ALWAYS, _person(admission.right_stage), Effect.ASK),
    Rule(
        Reason.NOT_YOUR_PROSPECT,
        frozenset({Occasion.ENROLMENT}),
        _person(admission.right_owner),
    ),
    Rule(Reason.COUNTRY_NEEDS_CONSENT, _ALWAYS, _person(admission.lawful), Effect.ASK),
    Rule(Reason.MISSING_VARIABLE, _ALWAYS, _person(admission.nothing_missing), Effect.ASK),
    Rule(Reason.NO_WORDING, _ENTRY, _person(admission.something_to_write)),
    Rule(Reason.NO_ACTIVE_MAILBOX, _ENTRY, _person(admission.mailbox_to_send_from)),
    Rule(Reason.CADENCE_DRAINING, _ENTRY, _person(admission.takes_people_in)),
    Rule(
        Reason.STARTS_LATER,
        frozenset({Occasion.ACTIVATION}),
        _person(admission.begins_now),
    ),
    Rule(
        Reason.FIRST_RUN_LIMIT,
        frozenset({Occasion.ACTIVATION}),
        _person(admission.within_first_run),
    ),
    Rule(Reason.THROTTLED, frozenset({Occasion.ACTIVATION}), _person(admission.has_room)),
    Rule(
        Reason.NO_ACTIVE_MAILBOX,
        _MAILS,
        _mail(mail_rules.known_mailbox),
        Effect.ASK,
        pause_reason=PauseReason.MAILBOX,
        matters=_is_unknown,
    ),
    _calendar(Reason.OUTSIDE_WINDOW),
    _calendar(Reason.HOLIDAY),
    _calendar(Reason.REP_AWAY),
    _pace(Reason.CAP_MAILBOX, Effect.REST),
    _pace(Reason.CAP_HOUR, Effect.REST),
    _pace(Reason.CAP_WEEK, Effect.REST),
    _pace(Reason.GAP, Effect.REST),
    _pace(Reason.CAP_DOMAIN, Effect.WAIT),
    _pace(Reason.CAP_PERSON, Effect.WAIT),
    _pace(Reason.CAP_NEW, Effect.WAIT),
    Rule(
        Reason.MAILBOX_UNHEALTHY,
        _MAILS,
        _mail(mail_rules.healthy_mailbox),
        Effect.REST,
        matters=_is_unwell,
    ),
    Rule(Reason.SYNC_STALE, _MAILS, _mail(mail_rules.fresh_sync), Effect.REST),
)
