"""What all models of files have in common: no unknown keys, and refusals that bring a hint."""

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

_NUMBERS = (int, float, int | None, float | None)


class Section(BaseModel):
    """A part of a file: an unknown key in it is a mistake and never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    @field_validator("*", mode="before")
    @classmethod
    def _no_truth_for_a_number(cls, value: object, known: ValidationInfo) -> object:
        """Pydantic takes `true` for 1, so a gap of `false` would be none at all."""
        if isinstance(value, bool) and _annotation(cls, known) in _NUMBERS:
            raise ValueError(f"a number is expected, not `{str(value).lower()}`")
        return value


def _annotation(model: type[BaseModel], known: ValidationInfo) -> object:
    return model.model_fields[known.field_name or ""].annotation


class HintedError(ValueError):
    """A value that cannot be used, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
