"""Read single values of a request, each with a limit; what is wrong is told by its name."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from unicodedata import category
from zoneinfo import ZoneInfo

from sequencer.files.settings_form import zone
from sequencer.web.problem import ProblemError

BIGGEST = 2**31 - 1
_UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})  # control characters, half ones, other line ends
_SPACES = str.maketrans("\n\t", "  ")
_AN_INSTANT = "write it as in 2026-12-01T09:00:00Z"


class Fields:
    """The values of a request by their names."""

    def __init__(self, values: Mapping[str, object], known: Collection[str], status: int) -> None:
        """Take the values; a name that nobody knows is a mistake.

        Args:
            values: as they came.
            known: all names that there are.
            status: what a mistake is answered with.

        Raises:
            ProblemError: there is a name beside these.
        """
        self._values, self._status = values, status
        for name in values:
            if name not in known:
                hint = f"there are {', '.join(sorted(known))}" if known else "there are none"
                raise self.wrong(name[:40], "This field is not known.", hint)

    def wrong(self, name: str, detail: str, hint: str = "") -> ProblemError:
        """What is wrong with a value."""
        return ProblemError(self._status, detail, field=name, hint=hint)

    def text(self, name: str, most: int, *, needed: bool = False, lines: bool = False) -> str:
        """A text, the empty one where there is none.

        Raises:
            ProblemError: it is no text, too long, holds what is no character, or is missing.
        """
        value = self._values.get(name)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise self.wrong(name, "A text is expected.")
        text = value.replace("\r\n", "\n").strip()
        if len(text) > most:
            raise self.wrong(name, f"At most {most} characters are possible.")
        if any(category(each) in _UNFIT for each in (text.translate(_SPACES) if lines else text)):
            raise self.wrong(name, "Control characters are not possible.")
        if needed and not text:
            raise self.wrong(name, "This field is missing.")
        return text

    def instant(self, name: str, zone_of_form: ZoneInfo | None = None) -> datetime | None:
        """An instant; one without an offset only where it is read as of the zone of a form.

        Raises:
            ProblemError: it is none.
        """
        text = self.text(name, 40)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
            at = at if at.tzinfo or zone_of_form is None else at.replace(tzinfo=zone_of_form)
            if at.tzinfo is None:
                raise self.wrong(name, "The offset from UTC is missing.", _AN_INSTANT)
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.wrong(name, "An instant is expected.", _AN_INSTANT) from None

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number, None where there is none; a form and an address have it as text.

        Raises:
            ProblemError: it is none, or out of range.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, str) and value.isascii() and value.isdecimal():
            value = int(value[:20])
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise self.wrong(name, f"A whole number from {least} to {most} is expected.")
        return value

    def choice(self, name: str, options: Collection[str], *, needed: bool = False) -> str:
        """One of some words, or nothing.

        Raises:
            ProblemError: it is another word, or is missing.
        """
        text = self.text(name, 100, needed=needed)
        if text and text not in options:
            raise self.wrong(name, f"One of {', '.join(options)} is expected.")
        return text

    def zone(self, name: str) -> str:
        """The name of a time zone, or nothing.

        Raises:
            ProblemError: there is no such zone.
        """
        text = self.text(name, 100)
        try:
            return zone(text)
        except ValueError as error:
            sentence = str(error)
            raise self.wrong(name, f"{sentence[0].upper()}{sentence[1:]}.") from None
