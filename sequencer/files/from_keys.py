"""The keys of `from:` in a cadence file: who writes."""

from pydantic import Field, model_validator

from sequencer.domain.rotation import Rotation
from sequencer.files.cadence_values import Name
from sequencer.files.section import HintedError, Section


class FromKeys(Section):
    """Who writes: mailboxes by name, or a pool that the settings name."""

    mailboxes: tuple[Name, ...] | None = Field(
        default=None,
        min_length=1,
        description="Mailboxes of the settings that send it; each prospect stays with one.",
    )
    pool: Name | None = Field(
        default=None,
        description="Instead of `mailboxes`: a pool of the settings. Who is in it then counts when "
        "somebody new is written to, so it may change without a new version.",
    )
    rotate: Rotation = Field(
        default=Rotation.LEAST_LOADED,
        description="Which of them a new prospect hears from: the one that carries the fewest, or "
        "that of the prospect's owner where it is among them.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "FromKeys":
        if self.mailboxes is None and self.pool is None:
            hint = "`mailboxes: [ana]` names them, `pool: madrid` a pool of the settings"
            raise HintedError("it is not said which mailboxes send it", hint)
        if self.mailboxes is not None and self.pool is not None:
            raise HintedError("there are `mailboxes` and a `pool`", "delete one of both")
        return self


def normal_from(keys: FromKeys) -> dict[str, object]:
    """What a document says of it: nothing that was not written, or that is usual."""
    found: dict[str, object] = {}
    if keys.mailboxes is not None:
        found["mailboxes"] = list(keys.mailboxes)
    if keys.pool is not None:
        found["pool"] = keys.pool
    if keys.rotate is not Rotation.LEAST_LOADED:
        found["rotate"] = str(keys.rotate)
    return found
