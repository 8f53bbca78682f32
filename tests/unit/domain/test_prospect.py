from builders import a_prospect

from sequencer.domain.prospect import FIELDS


def test_variables() -> None:
    """A template sees what has a value, own fields and extra columns alike."""
    prospect = a_prospect(last_name="", extra={"segment": "banks", "note": ""})
    variables = prospect.variables()
    assert variables["first_name"] == "Zoë"
    assert variables["segment"] == "banks"
    assert not {"last_name", "note"} & set(variables)


def test_blank_is_missing() -> None:
    """Spaces are no value: they would leave a hole in the mail."""
    assert "company" not in a_prospect(company=" \t").variables()


def test_own_fields_win() -> None:
    """An extra column cannot stand in for a field, not even for an empty one."""
    prospect = a_prospect(title="", extra={"email": "other@bank.example", "title": "Boss"})
    assert prospect.variables()["email"] == "zoe@bank.example"
    assert "title" not in prospect.variables()


def test_fields_exist() -> None:
    """The list of names is the list of attributes, `extra` aside."""
    assert set(FIELDS) == set(a_prospect().__dataclass_fields__) - {"extra"}
