"""The people of a list, for `sequencer check --prospects`: who they are, which rows are none."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sequencer.domain.prospect import Prospect
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.prospects import Accepted, read_prospects

MOST_NAMED = 3  # people whom a message names


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list of people.

    Attributes:
        file: how messages call it.
        people: each with the line they stand on.
        refused: line and code of each row that is none.
    """

    file: str
    people: tuple[Accepted, ...] = field(repr=False)
    refused: tuple[tuple[int, str], ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.people)

    def who(self, chosen: Callable[[Prospect], object]) -> list[Accepted]:
        """Those of whom that holds."""
        return [each for each in self.people if chosen(each.prospect)]

    def share(self, of: Sequence[Accepted]) -> str:
        """`3 of 25 people`."""
        return f"{len(of)} of {len(self.people)} people"

    def lines(self, of: Sequence[Accepted]) -> str:
        """`lines 2, 5, 9, ... of people.csv`."""
        shown = ", ".join(str(each.line) for each in of[:MOST_NAMED])
        more = ", ..." if len(of) > MOST_NAMED else ""
        return f"{'line' if len(of) == 1 else 'lines'} {shown}{more} of {self.file}"

    def problem(self, line: int | None, code: str, message: str, hint: str = "") -> Problem:
        """A problem at a line of the list."""
        return Problem(self.file, line, None, message, hint, code=code)

    def refused_rows(self) -> Iterator[Problem]:
        """One finding about all rows that are no prospects."""
        if self.refused:
            kinds = Counter(code for _, code in self.refused)
            told = ", ".join(f"{code} {number}" for code, number in kinds.most_common())
            rows = len(self.refused) + len(self.people)
            message = f"{len(self.refused)} of {rows} rows are refused: {told}"
            hint = "`sequencer import` writes them, each with what is wrong, to a file of their own"
            yield self.problem(self.refused[0][0], "refused-rows", message, hint)


def read_people(path: Path, shown: str) -> PeopleList:
    """The people of a CSV file.

    Raises:
        ConfigError: the file as a whole cannot be used.
    """
    try:
        rows = read_prospects(path)
    except ConfigError as error:
        raise ConfigError(replace(each, file=shown) for each in error.problems) from None
    people: list[Accepted] = []
    refused: list[tuple[int, str]] = []
    for row in rows:
        if isinstance(row, Accepted):
            people.append(row)
        else:
            refused.append((row.line, row.code))
    return PeopleList(shown, tuple(people), tuple(refused))


def by_kind(people: Sequence[Accepted]) -> Mapping[tuple[object, ...], list[Accepted]]:
    """People by what a template could tell them apart by: which values they have, which language.

    So each kind is tried out once, however many people there are.
    """
    kinds: dict[tuple[object, ...], list[Accepted]] = {}
    for each in people:
        known = each.prospect.variables()
        kind = (each.prospect.language, each.prospect.stage, frozenset(known))
        kinds.setdefault(kind, []).append(each)
    return kinds
