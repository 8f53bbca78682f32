"""Lists of companies: which rows are taken, and what is said of the others."""

from pathlib import Path

import pytest

from sequencer.files.account_list import Account, Row, left_out, read_accounts
from sequencer.files.csv_source import MAX_CELL
from sequencer.files.problem import ConfigError
from sequencer.files.prospect_row import Refused
from sequencer.files.prospects import write_rejects

FIELDS = ("tier", "position", "account_manager")


def rows(folder: Path, text: str) -> list[Row]:
    path = folder / "accounts.csv"
    path.write_text(text)
    return list(read_accounts(path, FIELDS))


def codes(folder: Path, text: str) -> list[str]:
    return [row.code if isinstance(row, Refused) else row.key for row in rows(folder, text)]


def test_rows_by_account_and_by_domain(tmp_path: Path) -> None:
    """A row is found by its account, else by its domain, however both are written."""
    text = "Account;Domain;Tier\n ACME  Group ;acme.example;1\n;@Bücher.Example.;2\n"
    assert rows(tmp_path, text) == [
        Account(2, "account:acme group", {"tier": "1"}),
        Account(3, "domain:xn--bcher-kva.example", {"tier": "2"}),
    ]


def test_declared_names_are_taken_as_they_are(tmp_path: Path) -> None:
    """A declared name is that, though people have such a field as well; empty cells are none."""
    text = "domain,Position,account manager,tier\na.example,CFO,Eva,\n"
    assert rows(tmp_path, text) == [
        Account(2, "domain:a.example", {"position": "CFO", "account_manager": "Eva"})
    ]


def test_refused_rows(tmp_path: Path) -> None:
    """Each bad row has its code, and the next one is taken."""
    text = (
        "domain,tier\n,1\nnonsense,2\ngmail.com,3\na.example,4\nA.example,5\n"
        f"b.example,{'x' * (MAX_CELL + 1)}\nc.example,a\u0007\nd.example,6,7\ne.example,8\n"
    )
    assert codes(tmp_path, text) == [
        "account_missing",
        "domain_invalid",
        "domain_invalid",
        "domain:a.example",
        "account_duplicate",
        "cell_too_long",
        "control_character",
        "too_many_cells",
        "domain:e.example",
    ]


def test_refused_rows_come_back(tmp_path: Path) -> None:
    """The file of refused rows can be corrected and imported again."""
    source, target = tmp_path / "accounts.csv", tmp_path / "rejects.csv"
    refused = [row for row in rows(tmp_path, "domain,tier\nnope,1\n") if isinstance(row, Refused)]
    write_rejects(target, source, refused, ("account", "domain"))
    target.write_text(target.read_text("utf-8-sig").replace(",nope,", ",a.example,"))
    assert list(read_accounts(target, FIELDS)) == [Account(2, "domain:a.example", {"tier": "1"})]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tier\n1\n", "no column is called `account` or `domain`"),
        ("domain,size\na.example,1\n", "no column is one of `account_fields`"),
        ("domain,tier,Tier\na.example,1,2\n", "both mean `tier`"),
        ("domain,tier,job title,position\na.example,1,2,3\n", "both mean `title`"),
        ('domain,tier\n"a.example,1\n', "a quoted cell does not end"),
        ("", "the file is empty"),
    ],
)
def test_unusable_files(tmp_path: Path, text: str, said: str) -> None:
    """A file that cannot be used at all is refused before its first row."""
    with pytest.raises(ConfigError) as caught:
        rows(tmp_path, text)
    assert said in str(caught.value)


def test_columns_left_out(tmp_path: Path) -> None:
    """Columns that nobody declared are named, with a guess at what was meant."""
    path = tmp_path / "accounts.csv"
    path.write_text("domain,tier,tiers,notes\n")
    found = [(each.heading, each.hint) for each in left_out(path, FIELDS)]
    assert found == [("tiers", "did you mean `tier`?"), ("notes", "")]
