"""The keys of `on:` in a cadence file, and the rules that they mean."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sequencer.domain.delay import delay_from_text
from sequencer.domain.meeting_rule import OWNER, MeetingCase, MeetingRule, usual_delay
from sequencer.domain.task import TaskKind
from sequencer.files import text_forms
from sequencer.files.cadence_values import Slug, Wait
from sequencer.files.nearest import did_you_mean
from sequencer.files.section import HintedError, Section

MOST_RULES = 5
MOST_NAME = 128  # characters of a rep's name

EXAMPLE = "`{after: 1 business_day, task: call}`"


def _case(text: str) -> str:
    cases = [str(case) for case in MeetingCase]
    if text not in cases:
        message = f"`{text[:40]}` never happens to a meeting"
        raise HintedError(message, did_you_mean(text, cases))
    return text


def _rep(text: str) -> str:
    name = text.strip()
    if not name or not name.isprintable():
        raise ValueError("the short name of a rep, or `owner`, is expected")
    return name


def _listed(written: object) -> object:
    """One rule as a list of one."""
    if isinstance(written, dict):
        return [written]
    if not isinstance(written, list | tuple):
        raise HintedError("a rule, or a list of rules, is expected", f"write it as {EXAMPLE}")
    return written


class RuleKeys(Section):
    """What follows from what has happened to a meeting."""

    after: Wait | None = Field(
        default=None,
        description="In `on:`, `<name>` is what has happened: `"
        + "`, `".join(MeetingCase)
        + "`. Time until something follows, counted in the prospect's calendar, as `1 business_day`"
        "; by default a day after what was cancelled or is to get another time, for many book "
        "again by themselves, and none after anything else. Nothing follows if the meeting stands "
        "otherwise by then, or another one is coming.",
    )
    task: Literal["call", "letter", "social", "other", "review"] | None = Field(
        default=None, description="What somebody is asked to do."
    )
    enroll: Slug | None = Field(
        default=None,
        description="A cadence that begins for the prospect, if its audience lets them in: who has "
        "been in it does not enter again unless it says so, and `min_days_since_touch` counts.",
    )
    reopen: Literal["next_step"] | None = Field(
        default=None,
        description="Let the enrollment that the meeting had ended go on: at the step that it "
        "had not had, never at one that it had.",
    )
    assign: Annotated[str, Field(max_length=MOST_NAME), AfterValidator(_rep)] | None = Field(
        default=None,
        description="Whose the task is, and the prospect from then on: the short name of a rep, or "
        "`owner` for who has them.",
    )

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        if self.enroll and self.reopen:
            hint = "one of the two: a person in two cadences at once gets twice the mail"
            raise HintedError("`enroll` and `reopen` exclude each other", hint)
        changes_hands = self.assign not in {None, OWNER}
        if not (self.task or self.enroll or self.reopen or changes_hands):
            raise HintedError("the rule does nothing", "give it a `task`, `enroll` or `reopen`")
        return self


Rules = Annotated[
    tuple[RuleKeys, ...],
    BeforeValidator(_listed, json_schema_input_type=RuleKeys | tuple[RuleKeys, ...]),
    Field(min_length=1, max_length=MOST_RULES),
]
OnKeys = dict[Annotated[str, AfterValidator(_case), text_forms.CASE], Rules]


def meeting_rules(keys: Mapping[str, tuple[RuleKeys, ...]]) -> Iterator[MeetingRule]:
    """The rules as the engine knows them, in the order of the cases."""
    for case in MeetingCase:
        for each in keys.get(case, ()):
            yield _rule(case, each)


def normal_rules(rules: tuple[MeetingRule, ...]) -> dict[str, list[dict[str, Any]]]:
    """What a document says of the rules: delays written out, what does not follow left out."""
    written: dict[str, list[dict[str, Any]]] = {}
    for rule in rules:
        said = {
            "after": str(rule.after),
            "task": str(rule.task) if rule.task else None,
            "enroll": rule.enroll or None,
            "reopen": "next_step" if rule.reopen else None,
            "assign": rule.assign or None,
        }
        known = {key: value for key, value in said.items() if value is not None}
        written.setdefault(str(rule.case), []).append(known)
    return written


def _rule(case: MeetingCase, keys: RuleKeys) -> MeetingRule:
    return MeetingRule(
        case=case,
        after=delay_from_text(keys.after) if keys.after else usual_delay(case),
        task=TaskKind(keys.task) if keys.task else None,
        enroll=keys.enroll or "",
        reopen=keys.reopen is not None,
        assign=keys.assign or "",
    )
