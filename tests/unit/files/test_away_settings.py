from datetime import date
from pathlib import Path

import pytest

from sequencer.domain.absence import Absence
from sequencer.files.problem import ConfigError
from sequencer.files.settings import load_settings
from sequencer.files.settings_model import Settings

TEXT = """\
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana
    provider: google_workspace
    country: es
    subdivision: Madrid
    away:
      - {from: 2026-12-24, until: 2027-01-06}
      - {from: 2026-08-15, until: 2026-08-15}
"""


def load(root: Path, text: str) -> Settings:
    (root / "config").mkdir(exist_ok=True)
    (root / "config/sequencer.yaml").write_text(text)
    return load_settings(root, {})


def test_calendar_of_a_mailbox(tmp_path: Path) -> None:
    """Country and part have their usual spelling, absences their first and last day."""
    ana = load(tmp_path, TEXT).mailboxes["ana"]
    assert (ana.country, ana.subdivision) == ("ES", "MD")
    assert [each.absence for each in ana.away] == [
        Absence(date(2026, 12, 24), date(2027, 1, 6)),
        Absence(date(2026, 8, 15), date(2026, 8, 15)),
    ]


def test_nothing_written(tmp_path: Path) -> None:
    """Without a country there are no holidays, and nobody is away."""
    ana = load(tmp_path, TEXT[: TEXT.index("    country")]).mailboxes["ana"]
    assert (ana.country, ana.subdivision, ana.away) == ("", "", ())


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("country: es", "country: Spain", 6, "write ES"),
        ("subdivision: Madrid", "subdivision: MX9", 7, "no subdivision of ES"),
        ("    country: es\n", "", 6, "a `subdivision` needs its `country`"),
        ("until: 2027-01-06", "until: 2026-12-01", 9, "ends on the day it begins or later"),
        ("until: 2027-01-06", "until: 2028-01-06", 9, "within a year"),
        ("until: 2027-01-06", "untill: 2027-01-06", 9, "did you mean `until`?"),
        ("until: 2027-01-06", "until: soon", 9, "a date is written like 2026-12-24"),
        ("from: 2026-08-15", "from: 0001-01-01", 10, "a date lies between 2000 and 2100"),
        ("until: 2026-08-15", "until: 9999-12-31", 10, "a date lies between 2000 and 2100"),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    """Each mistake is told with its line, and with what was meant where that is plain."""
    assert old in TEXT
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, TEXT.replace(old, new, 1))
    assert any(each.line == line and said in each.render() for each in raised.value.problems), str(
        raised.value
    )
