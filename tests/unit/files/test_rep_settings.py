from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sequencer.domain.absence import Absence
from sequencer.domain.rep import Rep, Territory
from sequencer.engine.policy_of import policy_of
from sequencer.files.problem import ConfigError
from sequencer.files.settings import load_settings
from sequencer.files.settings_model import Settings

TEXT = """\
workspace: {timezone: Europe/Lisbon}
prospect_fields: [industry]
booking_hosts: {Book.acme.example: calcom}
mailboxes:
  ana:
    address: ana@seller.example
    name: Ana
    provider: google_workspace
    booking_url: https://book.acme.example/ana?month=1#top
reps:
  ana: {name: Ana Ruiz, address: ana@seller.example, takes_meetings: false}
  marta:
    name: Marta Gil
    address: marta@field.example
    timezone: Europe/Madrid
    client: acme
    territory: {countries: [es], regions: [Madrid], industry: ["Retail  Banking", insurance]}
    weight: 2
    most_per_week: 8
    away: [{from: 2026-12-24, until: 2027-01-06}]
    country: es
    subdivision: md
    booking_url: https://calendly.com/marta
"""


def load(root: Path, text: str, **environ: str) -> Settings:
    (root / "config").mkdir(exist_ok=True)
    (root / "config/sequencer.yaml").write_text(text)
    return load_settings(root, environ)


def test_whole_rep(tmp_path: Path) -> None:
    """Everything that is written of a rep reaches the engine, in its one spelling."""
    policy = policy_of(load(tmp_path, TEXT))
    assert policy.reps["marta"] == Rep(
        name="marta",
        person="Marta Gil",
        address="marta@field.example",
        tz=ZoneInfo("Europe/Madrid"),
        client="acme",
        territory=Territory(
            frozenset({"ES"}),
            frozenset({"ES-MD"}),
            (("industry", frozenset({"retail banking", "insurance"})),),
        ),
        weight=2,
        most_per_week=8,
        away=(Absence(date(2026, 12, 24), date(2027, 1, 6)),),
        country="ES",
        subdivision="MD",
        booking_url="https://calendly.com/marta",
    )
    assert policy.mailboxes["ana"].booking_url == "https://book.acme.example/ana?month=1#top"
    assert policy.booking_hosts == (("book.acme.example", "calcom"),)


def test_short_rep(tmp_path: Path) -> None:
    """A rep needs a name and an address; the zone is that of the workspace."""
    ana = policy_of(load(tmp_path, TEXT)).reps["ana"]
    wanted = Rep("ana", "Ana Ruiz", "ana@seller.example", ZoneInfo("Europe/Lisbon"))
    assert ana == Rep(**{**{n: getattr(wanted, n) for n in Rep.__slots__}, "takes_meetings": False})


def test_no_reps(tmp_path: Path) -> None:
    """Nobody has to take meetings."""
    assert policy_of(load(tmp_path, TEXT[: TEXT.index("reps:")])).reps == {}


def test_from_the_environment(tmp_path: Path) -> None:
    """A setting of a rep may come from the environment, by the rep's name."""
    settings = load(tmp_path, TEXT, SEQUENCER_REPS__MARTA__WEIGHT="3")
    assert settings.reps["marta"].weight == 3


@pytest.mark.parametrize("region", ["md", "ES-MD", "es-madrid", "Madrid"])
def test_spellings_of_a_region(tmp_path: Path, region: str) -> None:
    """A part of a country is known by its code and by its name."""
    settings = load(tmp_path, TEXT.replace("[Madrid]", f"[{region}]"))
    territory = settings.reps["marta"].territory
    assert territory is not None
    assert territory.regions == ("ES-MD",)


TERRITORY = (
    'territory: {countries: [es], regions: [Madrid], industry: ["Retail  Banking", insurance]}'
)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        (TERRITORY, "territory: {}", 17, "a territory of nothing"),
        (TERRITORY, "territory:", 17, "leave `territory` out"),
        (TERRITORY, "territory: {countries: [], regions: []}", 17, "a territory of nothing"),
        ("[Madrid]", "[FR-IDF]", 17, "lies in none of the countries ES"),
        ("[es], regions", "[es, pt], regions", 17, "write it as in `ES-MD`"),
        ("[Madrid]", "[Narnia]", 17, "no subdivision of ES"),
        ("[Madrid]", "[XX-AA]", 17, "is not a two-letter country code"),
        ("[es], regions", "[Spain], regions", 17, "write ES"),
        ("industry: [", "indutsry: [", 17, "did you mean `industry`?"),
        ("industry: [", "region: [", 17, "did you mean `regions`?"),
        ("industry: [", "shoe_size: [", 17, "declare it under `prospect_fields`"),
        ('["Retail  Banking", insurance]', "[]", 17, "at least 1 is needed"),
        ('["Retail  Banking", insurance]', "[7]", 17, "text is expected"),
        ('["Retail  Banking", insurance]', '[" "]', 17, "not an empty text"),
        ('["Retail  Banking", insurance]', "banking", 17, "a list"),
        ("Europe/Madrid", "Madrid", 15, "did you mean `Europe/Madrid`?"),
        ("country: es", "country: Spain", 21, "write ES"),
        ("subdivision: md", "subdivision: XX", 22, "no subdivision of ES"),
        ("    country: es\n", "", 21, "a `subdivision` needs its `country`"),
        ("weight: 2", "weight: 0", 18, "at least 1"),
        ("most_per_week: 8", "most_per_week: 0", 19, "at least 1"),
        ("marta@field.example", "ANA@seller.example", 14, "`ana` has this address already"),
        ("address: ana@seller.example, takes", "address: x@y, takes", 11, "no e-mail address"),
        ("  ana: {name", "  anna: {name", 11, "this is the address of the mailbox `ana`"),
        ("    name: Ana\n", "    name: Ana\n    rep: luis\n", 12, "and it is luis's"),
        ("  marta:", "  owner:", 12, "is a way to find a rep"),
        ("  marta:", "  Marta Gil:", 12, "lower-case letters"),
        ("https://calendly.com/marta", "calendly.com/marta", 23, "the address of a page"),
        ("https://calendly.com/marta", "javascript:alert(1)", 23, "the address of a page"),
        ("https://calendly.com/marta", "https://x@calendly.com/a", 23, "the address of a page"),
        ("https://calendly.com/marta", f"https://x.example/{'a' * 999}", 23, "address of a page"),
        ("Book.acme.example: calcom", "https://x.example: calcom", 3, "the name of a host"),
        ("Book.acme.example: calcom", "x.example: outlook", 3, "`calendly`"),
        ("    weight: 2\n", "    wieght: 2\n", 18, "did you mean `weight`?"),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    """Each mistake is told with its line, and with what to do about it where that is known."""
    assert old in TEXT
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, TEXT.replace(old, new, 1))
    told = [each.render() for each in raised.value.problems if each.line == line]
    assert any(said in each for each in told), str(raised.value)
