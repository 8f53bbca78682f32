"""What ran when, by whom it was applied, and what two versions of a cadence differ in?"""

from dataclasses import dataclass

from sequencer.engine.enroll import UnknownCadenceError
from sequencer.engine.version_difference import (
    Difference,
    key_changes,
    other_files,
    text_changes,
)
from sequencer.store import cadences, draining, past_versions
from sequencer.store.database import Connection
from sequencer.store.draining import Draining
from sequencer.store.past_versions import Applied

NEWEST = 2**62  # above every number of an application
_ENOUGH = 2  # versions that begin alike, to know that more is needed to tell them apart


class VersionError(Exception):
    """No version, or more than one, is meant; the sentence is for a person."""


@dataclass(frozen=True, slots=True)
class Ran:
    """A version, when it was made to run, and who is on it now.

    Attributes:
        is_current: whether whoever is enrolled now gets it.
        people: how many are in it and not through it.
    """

    applied: Applied
    is_current: bool
    people: int


@dataclass(frozen=True, slots=True)
class History:
    """What ran, the newest first.

    Attributes:
        more_below: what to ask for to see what is older; None where there is nothing.
        draining: those of the cadences that take nobody in any more.
    """

    ran: tuple[Ran, ...]
    more_below: int | None = None
    draining: tuple[Draining, ...] = ()


def history(connection: Connection, slug: str | None, limit: int, below: int = NEWEST) -> History:
    """What ran of one cadence, or of all.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
    """
    if slug is not None and cadences.current_hash(connection, slug) is None:
        raise UnknownCadenceError(slug)
    found = past_versions.newest(connection, slug, below, limit + 1)
    shown, slugs = found[:limit], {each.slug for each in found[:limit]}
    people = past_versions.people_on(connection, slugs) if slugs else {}
    current = {cadences.current_hash(connection, each) for each in slugs}
    ran = tuple(
        Ran(each, each.version_hash in current, people.get(each.version_hash, 0)) for each in shown
    )
    drained = tuple(
        each for each in draining.listed(connection) if slug is None or each.slug == slug
    )
    return History(ran, shown[-1].number if len(found) > limit else None, drained)


def difference(connection: Connection, slug: str, before: str, after: str) -> Difference:
    """In what two versions differ; both are named by the first digits of their hashes.

    An empty `after` is the current version, an empty `before` the one that ran before the other.

    Raises:
        UnknownCadenceError: the cadence has not been applied.
        VersionError: there is no such version, or there are several, or no older one.
    """
    current = cadences.current_hash(connection, slug)
    if current is None:
        raise UnknownCadenceError(slug)
    new = _meant(connection, slug, after) if after else current
    old = _meant(connection, slug, before) if before else _before(connection, slug, new)
    one, other = (cadences.version(connection, each) for each in (old, new))
    return Difference(
        slug,
        old,
        new,
        key_changes(one.document, other.document),
        text_changes(one.templates, other.templates),
        other_files(one.attachments, other.attachments),
    )


def _meant(connection: Connection, slug: str, beginning: str) -> str:
    """The one version whose name begins like that."""
    found = past_versions.hashes_like(connection, slug, beginning.lower(), _ENOUGH)
    if len(found) == 1:
        return found[0]
    if found:
        raise VersionError(f"Several versions of {slug} begin with {beginning}: give more digits.")
    raise VersionError(
        f"{slug} has no version {beginning}. `sequencer history {slug}` lists those that ran."
    )


def _before(connection: Connection, slug: str, version_hash: str) -> str:
    """What ran before a version was applied for the last time."""
    below, found = NEWEST, False
    while page := past_versions.newest(connection, slug, below, 100):
        for each in page:
            if found and each.version_hash != version_hash:
                return each.version_hash
            found = found or each.version_hash == version_hash
        below = page[-1].number
    raise VersionError(f"Nothing ran of {slug} before {version_hash[:12]}.")
