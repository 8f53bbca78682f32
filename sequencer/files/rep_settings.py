"""Who takes meetings, as written under `reps:` in the settings."""

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from sequencer.files.away_settings import AwaySettings
from sequencer.files.calendar_settings import CalendarSettings
from sequencer.files.holiday_book import subdivision_of
from sequencer.files.mailbox_settings import (
    MAX_ABSENCES,
    BookingAddress,
    Country,
    Email,
    Line,
    Subdivision,
    Zone,
)
from sequencer.files.region_cell import country_of
from sequencer.files.section import HintedError, Section
from sequencer.files.value_settings import SenderValues

MAX_REPS = 1_000
MAX_VALUES = 500  # of one rule of a territory
_NOTHING = "leave `territory` out for a rep who takes meetings from anywhere"


def _value(text: str) -> str:
    value = " ".join(text.split())
    if not value:
        raise ValueError("a value that a column can have is expected, not an empty text")
    return value


Value = Annotated[str, Field(max_length=200), AfterValidator(_value)]
Values = Annotated[tuple[Value, ...], Field(min_length=1, max_length=MAX_VALUES)]


class TerritorySettings(Section):
    """Whose meetings a rep takes; all that is written has to be true of a prospect."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=False)
    __pydantic_extra__: dict[str, Values]

    countries: tuple[Annotated[str, AfterValidator(country_of)], ...] = Field(
        default=(), max_length=300, description="Countries of the prospects, two letters each."
    )
    regions: tuple[Line, ...] = Field(
        default=(),
        max_length=MAX_VALUES,
        description="Parts of a country: `ES-MD`, or `MD` where `countries` names one country. "
        "Beside `countries` and `regions`, every other key is a column of the prospects with the "
        "values that count, such as `industry: [banking]`.",
    )

    @field_validator("regions")
    @classmethod
    def _known_regions(cls, regions: tuple[str, ...], known: ValidationInfo) -> tuple[str, ...]:
        countries = known.data.get("countries")
        if countries is None:  # a country that is a mistake is told as such
            return regions
        return tuple(_region(each, countries) for each in regions)

    @model_validator(mode="after")
    def _not_of_nothing(self) -> "TerritorySettings":
        if not (self.countries or self.regions or self.columns()):
            raise HintedError("this is a territory of nothing", _NOTHING)
        return self

    def columns(self) -> dict[str, tuple[str, ...]]:
        """The other columns of the prospects, with the values that count."""
        return self.__pydantic_extra__ or {}


def _region(text: str, countries: tuple[str, ...]) -> str:
    """The full code of a part of a country."""
    country, dash, part = text.upper().partition("-")
    if dash and len(country) == len("ES"):
        country = country_of(country)
        if countries and country not in countries:
            message = f"`{text}` lies in none of the countries {', '.join(countries)}"
            raise HintedError(message, "a prospect has to be in both: add the country")
        return f"{country}-{subdivision_of(country, part)}"
    if len(countries) != 1:
        raise HintedError(f"`{text}` does not say its country", "write it as in `ES-MD`")
    return f"{countries[0]}-{subdivision_of(countries[0], text)}"


class RepSettings(Section):
    """Somebody whom meetings may be handed over to."""

    name: Line = Field(
        min_length=1, max_length=100, description="What people call them, such as `Marta Gil`."
    )
    address: Email = Field(description="Where handovers and invitations are sent.")
    timezone: Zone = Field(
        default="", description="Their zone; that of the workspace where it is left out."
    )
    takes_meetings: bool = Field(
        default=True, description="Whether meetings are handed over to them."
    )
    client: Line = Field(
        default="",
        max_length=100,
        description="For whom they work, where we sell for others: they get the meetings of the "
        "cadences with that `client`, and no others. Empty for ourselves.",
    )
    territory: TerritorySettings | None = Field(
        default=None, description="Whose meetings they take; without it, everybody's."
    )
    weight: int = Field(
        default=1,
        ge=1,
        le=100,
        description="How many meetings they take in a round robin for one of somebody with 1.",
    )
    most_per_week: int | None = Field(
        default=None, ge=1, le=1_000, description="Meetings in any seven days, at most."
    )
    country: Country = Field(
        default="",
        description="Their country, two letters: they get no meeting on its public holidays.",
    )
    subdivision: Subdivision = Field(
        default="",
        validate_default=False,
        description="Part of the country, for the holidays of that part: `MD` for Madrid.",
    )
    away: tuple[AwaySettings, ...] = Field(
        default=(),
        max_length=MAX_ABSENCES,
        description="When they are away, on the dates of their zone; they get no meeting then.",
    )
    calendar: CalendarSettings | None = Field(
        default=None,
        description="Their calendar, read to hear of meetings and of when they have no time.",
    )
    booking_url: BookingAddress = Field(
        default="",
        description="Where a meeting with them is booked: `{{ booking_link }}` in the mails of "
        "their mailbox, unless the mailbox has its own.",
    )

    values: SenderValues = Field(
        default_factory=dict,
        description="Further values for the mails of their mailboxes: `phone` is "
        "`{{ sender.phone }}` in templates.",
    )

    @model_validator(mode="before")
    @classmethod
    def _nothing_is_no_territory(cls, written: Any) -> Any:
        """`territory:` with nothing below it is a mistake, and not everywhere."""
        if isinstance(written, dict) and "territory" in written and written["territory"] is None:
            return {**written, "territory": {}}
        return written
