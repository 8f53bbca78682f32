from sequencer.files.country_codes import COUNTRIES
from sequencer.files.country_law import LAWS, NEED_A_RECORD, MailLaw
from sequencer.files.settings_model import ConsentSettings


def test_countries_are_known() -> None:
    """Every entry is a country, with the source it was read from."""
    assert set(LAWS) <= set(COUNTRIES)
    assert all(law.source for law in LAWS.values())


def test_the_careful_list() -> None:
    """Where a consent is asked for, express or implied, the default wants a record."""
    assert {"DE", "AT", "ES", "CA", "AU"} <= set(NEED_A_RECORD)
    assert not {"US", "GB", "FR"} & set(NEED_A_RECORD)
    opting_out = {country for country, law in LAWS.items() if law.ground is MailLaw.OPT_OUT}
    assert set(NEED_A_RECORD) == set(LAWS) - opting_out
    assert ConsentSettings().countries == NEED_A_RECORD


def test_a_list_of_ones_own() -> None:
    """The settings replace the list, in any case of letters, with nothing too."""
    assert ConsentSettings(countries=("de", "CH")).countries == ("DE", "CH")
    assert ConsentSettings(countries=()).countries == ()
