"""The key `attach` of a step: files that go with its mail, and for whom."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from sequencer.domain.attachment import Attachment
from sequencer.files.cadence_values import Guard
from sequencer.files.section import Section
from sequencer.mail.enclosure import MAX_NAME, TYPES, media_type

MAX_FILES = 5  # of one mail; more is a parcel
_FORBIDDEN = frozenset('/\\:*?"<>|')  # what some system has no place for in a name


def attachment_name(text: str) -> str:
    """The text, if it can name a file that goes with a mail; ValueError otherwise."""
    if len(text) > MAX_NAME:
        raise ValueError(f"at most {MAX_NAME} characters")
    if text != text.strip() or text.startswith(".") or not text.isprintable():
        raise ValueError("the name of a file as people read it, such as `prices.pdf`")
    if _FORBIDDEN.intersection(text):
        raise ValueError("the name of a file beside the templates, without a folder")
    if media_type(text) is None:
        raise ValueError(f"a file of one of the types {', '.join(TYPES)}")
    return text


class AttachKeys(Section):
    """One file; its name alone is the short form."""

    file: Annotated[str, AfterValidator(attachment_name)] = Field(
        description="A file in templates/<cadence>/; its reader sees the name."
    )
    when: Guard | None = Field(
        default=None,
        description='Who gets it, as in the `when` of a step: `stage == "customer"`. Everybody '
        "where it is left out.",
    )

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: object) -> object:
        return {"file": value} if isinstance(value, str) else value


Attach = Annotated[
    tuple[AttachKeys, ...],
    Field(
        default=(),
        max_length=MAX_FILES,
        description="Files that go with the mail, never with the first that somebody gets.",
    ),
]


def attachments_of(keys: Sequence[AttachKeys]) -> tuple[Attachment, ...]:
    """The files of a step."""
    return tuple(Attachment(each.file, (each.when or "").strip()) for each in keys)


def normal_attachments(attach: Sequence[Attachment]) -> list[dict[str, str]] | None:
    """The files as a document has them: in the long form; None where there are none."""
    written = [{"file": each.file, **({"when": each.when} if each.when else {})} for each in attach]
    return written or None
