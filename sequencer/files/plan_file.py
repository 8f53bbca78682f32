"""A plan that was written down: what it was made of, so that it can be told what has changed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from sequencer.domain.migration import Choice
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.text_file import read_text

FORMAT = 1
MAX_BYTES = 512 * 1024 * 1024  # a plan has every person in it


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class PlannedPerson(_Part):
    """One person of a plan, as far as it tells whether they went on since."""

    key: str
    email: str
    version: str
    state: str
    step: str | None
    becomes: str


class PlannedCadence(_Part):
    """One cadence of a plan."""

    slug: str
    change: str
    before: str
    after: str
    people: tuple[PlannedPerson, ...] = ()


class PlanOptions(_Part):
    """What was asked for."""

    migrate: tuple[str, ...] = ()
    with_added: tuple[str, ...] = ()
    decide: Mapping[str, Choice] = {}


class PlanFile(_Part):
    """A plan as it lies in a file.

    Attributes:
        plan: its name, made of everything else in it.
        mails: how many mails may come to those who go over.
    """

    plan: str
    format: int
    at: AwareDatetime
    by: str
    mails: int
    world: str
    options: PlanOptions
    cadences: tuple[PlannedCadence, ...]

    @property
    def made_at(self) -> datetime:
        """When it was made."""
        return self.at


def name_of(content: Mapping[str, Any]) -> str:
    """Name of a plan: 64 hexadecimal digits of everything in it but the name itself."""
    rest = {key: value for key, value in content.items() if key != "plan"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_plan(path: Path) -> PlanFile:
    """The plan in that file.

    Raises:
        ConfigError: it is none, is one of another program version, or was changed by hand.
    """
    shown = str(path)
    text = read_text(path, shown, MAX_BYTES)
    try:
        content = json.loads(text)
        plan = PlanFile.model_validate(content)
    except (ValueError, ValidationError, RecursionError) as error:
        raise _refused(shown, "this is no plan that `sequencer plan --out` has written") from error
    if plan.format != FORMAT:
        raise _refused(shown, "the plan was written by another version of this program")
    if plan.plan != name_of(content):
        raise _refused(shown, "the plan was changed after it was written")
    return plan


def _refused(shown: str, message: str) -> ConfigError:
    hint = "make it anew: `sequencer plan --out FILE`"
    return ConfigError([Problem(shown, None, None, message, hint)])
