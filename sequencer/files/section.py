"""What all models of files have in common: no unknown keys, and refusals that bring a hint."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of a file: an unknown key in it is a mistake and never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)


class HintedError(ValueError):
    """A value that cannot be used, and what to do about it."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint
