from sequencer.files.describe import (
    Row,
    describe_cadence_keys,
    describe_disposition_keys,
    describe_settings,
    describe_template_keys,
)


def rows() -> dict[str, Row]:
    described = [
        *describe_settings(),
        *describe_cadence_keys(),
        *describe_disposition_keys(),
        *describe_template_keys(),
    ]
    assert len({row.key for row in described}) == len(described)
    return {row.key: row for row in described}


def test_every_key_is_described() -> None:
    """Each key has a type and a sentence."""
    for row in rows().values():
        assert row.type not in {"", "value"}, row
        assert row.description.endswith((".", "`.")), row


def test_kinds_of_rows() -> None:
    """Nested keys, lists, choices, defaults and secrets are told apart."""
    found = rows()
    assert found["web.port"][1:3] == ("number", "`8025`")
    assert found["mailboxes.<name>.address"].default == "required"
    assert found["mailboxes.<name>.password"].secret
    assert found["hooks.calendly.signing_keys"].secret
    assert not found["database"].secret
    assert found["steps[].thread"][1:3] == ("`reply` or `new`", "")
    assert found["schedule.skip_dates"].type == "list of date"
    assert found["schedule.window"].default == "`mon-fri: 08:30-17:00`"
    assert found["mailboxes.<name>.keeps_sent_copy"].type == "true or false"
    assert found["mailboxes.<name>.above_ceiling"][1:3] == ("true or false", "`false`")
    assert found["from.mailboxes"].type == "list of text"
    assert found["subject"].default == ""
