"""The settings of those who may ask over the web: a key for each, by a short name."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, model_validator

from sequencer.domain.access import MIN_ACCESS_KEY
from sequencer.files.mailbox_settings import Line
from sequencer.files.section import HintedError, Section

MAX_API_KEYS = 200
_HINT = "put it into a file, and name that file in SEQUENCER_WEB__API_KEYS__<NAME>__KEY_FILE"
_IN_HEADER = re.compile(rf"[A-Za-z0-9._~+/=-]{{{MIN_ACCESS_KEY},500}}")


def _in_header(key: SecretStr) -> SecretStr:
    """A key as it can stand in a header (RFC 6750 section 2.1)."""
    if not _IN_HEADER.fullmatch(key.get_secret_value()):
        form = f"{MIN_ACCESS_KEY} to 500 of A-Z a-z 0-9 . _ ~ + / = -"
        raise ValueError(f"a key has {form}; `openssl rand -hex 32` makes one")
    return key


class ApiKeySettings(Section):
    """A key, and what may be done with it."""

    key: Annotated[SecretStr, AfterValidator(_in_header)] | None = Field(
        default=None,
        description="What is presented: in a header of the API, and to sign in to the pages.",
    )
    rep: Line = Field(
        min_length=1, max_length=100, description="Who acts by it, as the timeline tells it."
    )
    client: Line = Field(
        default="",
        max_length=100,
        description="Where we sell for others: the meetings of the cadences with that `client` are "
        "seen, and no others. Empty for ourselves, who see all.",
    )
    read_only: bool = Field(default=False, description="Whether nothing may be changed by it.")

    @model_validator(mode="after")
    def _has_key(self) -> "ApiKeySettings":
        if self.key is None:
            raise HintedError("there is no key", _HINT)
        return self

    def secret(self) -> str:
        """The key in the clear."""
        return self.key.get_secret_value() if self.key else ""


def each_its_own(keys: dict[str, ApiKeySettings]) -> dict[str, ApiKeySettings]:
    """The keys, no two of which are the same: else nobody knew who acts."""
    owner_of: dict[str, str] = {}
    for name, each in keys.items():
        other = owner_of.setdefault(each.secret(), name)
        if other != name:
            raise ValueError(f"`{other}` and `{name}` have the same key; each has its own")
    return keys
