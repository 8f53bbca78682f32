"""What all models of files have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of a file: an unknown key in it is a mistake and never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)
