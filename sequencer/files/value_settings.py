"""Further values of mailboxes, reps and accounts, as templates name them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from sequencer.files import names
from sequencer.files.settings_form import one_line

MAX_VALUES = 50
MAX_VALUE = 500  # characters
SENDER = frozenset({"name", "email"})  # what a sender has anyway


def _of_sender(text: str) -> str:
    if text in SENDER:
        raise ValueError(f"`sender.{text}` is there already")
    return names.field_name(text)


AccountField = Annotated[str, AfterValidator(names.field_name)]
SenderValues = Annotated[
    dict[
        Annotated[str, AfterValidator(_of_sender)],
        Annotated[str, Field(min_length=1, max_length=MAX_VALUE), AfterValidator(one_line)],
    ],
    Field(max_length=MAX_VALUES),
]
