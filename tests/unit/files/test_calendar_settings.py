import pytest
from pydantic import ValidationError

from sequencer.domain.feed import CalendarAddress
from sequencer.files.calendar_settings import CalendarSettings
from sequencer.files.hook_settings import CalcomSettings

ICS = "https://calendar.example/private-hush/basic.ics"


def settings(**written: object) -> CalendarSettings:
    return CalendarSettings.model_validate(written)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        (ICS, ICS),
        (f" {ICS} ", ICS),
        ("webcal://calendar.example/x", "https://calendar.example/x"),
        ("WEBCALS://calendar.example/x", "https://calendar.example/x"),
        ("https://calendar.example/x?y=1#z", "https://calendar.example/x?y=1#z"),
        ("http://127.0.0.1:5232/x", "http://127.0.0.1:5232/x"),
        ("http://[::1]/x", "http://[::1]/x"),
    ],
)
def test_addresses(written: str, taken: str) -> None:
    """Of https, or of this machine; what programs write in its place is understood."""
    assert settings(ics=written).address() == CalendarAddress(ics=taken)
    assert settings(caldav=written).address() == CalendarAddress(caldav=taken)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({}, "needs its address"),
        ({"ics": ""}, "needs its address"),
        ({"ics": ICS, "caldav": ICS}, "not both"),
        ({"ics": ICS, "username": "ana", "password": "x"}, "are for `caldav`"),
        ({"caldav": ICS, "username": "ana"}, "belong together"),
        ({"caldav": ICS, "password": "x"}, "belong together"),
        ({"ics": "http://calendar.example/hush"}, "begins with https"),
        ({"ics": "https:///hush"}, "begins with https"),
        ({"ics": "https://calendar.example:0/hush"}, "begins with https"),
        ({"ics": "https://calendar.example:x/hush"}, "no address of a calendar"),
        ({"ics": "https://ana:hush@calendar.example/"}, "do not belong into an address"),
        ({"ics": "https://calendar.example/a hush"}, "begins with https"),
        ({"ics": "file:///etc/hush"}, "begins with https"),
        ({"ics": f"https://calendar.example/{'x' * 3_000}"}, "begins with https"),
        ({"ics": ICS, "every_minutes": 0}, "every_minutes"),
        ({"ics": ICS, "horizon_days": 400}, "horizon_days"),
        ({"ics": ICS, "colour": "red"}, "colour"),
    ],
)
def test_what_is_refused(written: dict[str, object], words: str) -> None:
    """Each mistake by its own words, in which no secret stands."""
    with pytest.raises(ValidationError) as caught:
        settings(**written)
    told = caught.value.errors(include_input=False, include_context=False, include_url=False)
    assert words in str(told)
    assert "hush" not in str(told)


def test_secrets_are_not_shown() -> None:
    """Neither by the settings nor by the address that is made of them."""
    secret = settings(ics=ICS)
    password = settings(caldav="https://dav.example/ana/", username="ana", password="hush")
    for each in (secret, password, secret.address(), password.address()):
        assert "hush" not in repr(each)
    assert password.address().password == "hush"


def test_the_token_of_calcom_goes_to_https() -> None:
    """Or to this machine; by default to Cal.com."""
    assert CalcomSettings().api_url == "https://api.cal.com"
    assert CalcomSettings.model_validate({"api_url": "http://localhost:3003"}).token() == ""
    with pytest.raises(ValidationError, match="the token goes there"):
        CalcomSettings.model_validate({"api_url": "http://cal.seller.example"})
