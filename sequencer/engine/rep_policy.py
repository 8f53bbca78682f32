"""What do the settings say of a rep?"""

from zoneinfo import ZoneInfo

from sequencer.domain.rep import Rep, Territory
from sequencer.files.rep_settings import RepSettings, TerritorySettings


def rep_of(name: str, settings: RepSettings, workspace_tz: str) -> Rep:
    """A rep as the engine knows them."""
    return Rep(
        name=name,
        person=settings.name,
        address=settings.address,
        tz=ZoneInfo(settings.timezone or workspace_tz),
        takes_meetings=settings.takes_meetings,
        client=settings.client,
        territory=_territory(settings.territory) if settings.territory else Territory(),
        weight=settings.weight,
        most_per_week=settings.most_per_week,
        away=tuple(each.absence for each in settings.away),
        country=settings.country,
        subdivision=settings.subdivision,
        booking_url=settings.booking_url,
    )


def _territory(settings: TerritorySettings) -> Territory:
    columns = sorted(settings.columns().items())
    return Territory(
        countries=frozenset(settings.countries),
        regions=frozenset(settings.regions),
        fields=tuple((name, frozenset(map(str.casefold, values))) for name, values in columns),
    )
