import pytest

from sequencer.mail.foreign_address import MAX_ADDRESSES, read_addresses


@pytest.mark.parametrize(
    ("value", "people"),
    [
        ("a@b.example", [("", "a@b.example")]),
        ("Zoe Smith <z@x.example>", [("Zoe Smith", "z@x.example")]),
        (
            '"Smith, John" <j@x.example>, b@c.example',
            [("Smith, John", "j@x.example"), ("", "b@c.example")],
        ),
        ("Smith, John <j@x.example>", [("Smith, John", "j@x.example")]),
        ("j@x.example (John (J) Smith)", [("John (J) Smith", "j@x.example")]),
        (r"j@x.example (a \) b)", [("a ) b", "j@x.example")]),
        (r'"say \"hi\"" <j@x.example>', [('say "hi"', "j@x.example")]),
        ("undisclosed-recipients:;", []),
        (
            "Team: a@x.example, B <b@x.example>;, d@x.example",
            [("", "a@x.example"), ("B", "b@x.example"), ("", "d@x.example")],
        ),
        ("Lost: one, two; three@x.example", [("", "three@x.example")]),
        ("=?utf-8?q?Zo=C3=AB=2C_S?= <z@x.example>", [("Zoë, S", "z@x.example")]),
        ("=?utf-8?q?Zo=C3=AB_=3Cz=40x.example=3E?=", [("Zoë", "z@x.example")]),
        ("Jos\u00e9 <j@x.example>", [("José", "j@x.example")]),
        ("<@relay.example,@b:u@c.example>", [("", "u@c.example")]),
        ("MAILER-DAEMON <>", []),
        ("MAILER-DAEMON", []),
        ("a@b.example <c@d.example>", [("a@b.example", "c@d.example")]),
        ("mailto:a@b.example", [("", "a@b.example")]),
        ("<mailto:a@b.example>", [("", "a@b.example")]),
        ("John Smith j@x.example", [("", "j@x.example")]),
        ("j @ x.example", [("", "j@x.example")]),
        ("me@[192.0.2.1]", [("", "me@[192.0.2.1]")]),
        ("[EXT] Zoe <z@x.example>", [("[EXT] Zoe", "z@x.example")]),
        ("John (Sales <j@x.example>", [("John Sales", "j@x.example")]),
        ('"John <j@x.example>', [("John", "j@x.example")]),
        ("<a@b\x00c.example>", []),
        ("@b.example, a@, @", []),
        ("", []),
        ("(((((", []),
    ],
)
def test_read(value: str, people: list[tuple[str, str]]) -> None:
    """Names and addresses are found in every form that is met, and nothing is made up."""
    assert list(read_addresses(value)) == people


def test_many() -> None:
    """Addresses beyond the cap are left out."""
    assert len(read_addresses("a@b.example, " * 5_000)) == MAX_ADDRESSES
