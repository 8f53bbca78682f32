"""The keys `variants` and `winner` of a step: several wordings of one mail, and which is better."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from sequencer.domain.variant import Variant, WinnerRule, Yardstick
from sequencer.files.cadence_values import Name, TemplateName
from sequencer.files.section import Section

MAX_VARIANTS = 10  # with more, each gets too few mails to say anything
MAX_WEIGHT = 1000
LEAST_MINIMUM = 30  # mails; below that an interval spans everything
MOST_MINIMUM = 1_000_000
MOST_ANSWER_DAYS = 90


class VariantKeys(Section):
    """One wording; a file name alone is its short form."""

    email: TemplateName | None = Field(
        default=None,
        description="Its template in templates/<cadence>/, as the short form `NAME: FILE` has it; "
        "that of the step where it has none.",
    )
    weight: int = Field(
        default=1,
        strict=True,
        ge=0,
        le=MAX_WEIGHT,
        description="Its share beside those of the others; 0 where nobody is to get it any more.",
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"email": value} if isinstance(value, str) else value


Variants = Annotated[
    dict[Name, VariantKeys] | None,
    Field(
        default=None,
        min_length=1,
        max_length=MAX_VARIANTS,
        description="Several wordings of the mail, by names that stay: a file name, or `email` and "
        "`weight`. Each person gets one of them, always the same.",
    ),
]


class WinnerKeys(Section):
    """When one wording is said to be better than the others."""

    by: Yardstick = Field(
        default=WinnerRule().by,
        description="What counts: meetings, or answers that show interest; never all answers.",
    )
    minimum: int = Field(
        default=WinnerRule().minimum,
        strict=True,
        ge=LEAST_MINIMUM,
        le=MOST_MINIMUM,
        description="Mails of each wording that have to be compared before anything is said.",
    )
    auto: bool = Field(
        default=WinnerRule().auto,
        strict=True,
        description="Whether the others are stopped without asking anybody, once it is clear.",
    )
    answer_days: int = Field(
        default=WinnerRule().answer_days,
        strict=True,
        ge=1,
        le=MOST_ANSWER_DAYS,
        description="Days that people have to answer; a mail is compared when they are over.",
    )


def variants_of(
    keys: Mapping[str, VariantKeys] | None, template: str | None
) -> tuple[Variant, ...]:
    """The wordings of a step; one without a file of its own has that of the step.

    Raises:
        ValueError: one has no file at all.
    """
    found = []
    for name, each in (keys or {}).items():
        file = each.email or template
        if file is None:
            raise ValueError(f"the variant {name} has no template")
        found.append(Variant(name, file, each.weight))
    return tuple(found)


def rule_of(keys: WinnerKeys | None) -> WinnerRule | None:
    """When one is proposed as the winner; None where nothing is said of it."""
    return None if keys is None else WinnerRule(keys.by, keys.minimum, keys.auto, keys.answer_days)


def normal_variants(variants: tuple[Variant, ...]) -> dict[str, object] | None:
    """The wordings as a document has them: in the long form; None where there are none."""
    return {each.name: {"email": each.template, "weight": each.weight} for each in variants} or None
