"""Who may ask over the web, as it is written in the settings: the keys come from elsewhere."""

from pathlib import Path

import pytest

from sequencer.domain.access import Access, digest_of
from sequencer.engine.policy import Policy
from sequencer.engine.policy_of import policy_of
from sequencer.files.problem import ConfigError
from sequencer.files.settings import load_settings

CANARY = "hunter2-canary-hunter2-canary"
OTHER = f"{CANARY}-2"
VARIABLE = "SEQUENCER_WEB__API_KEYS__{}__KEY"


def policy(root: Path, written: str, **keys: str) -> Policy:
    """What the engine goes by, with these keys in the environment."""
    (root / "config").mkdir(exist_ok=True)
    (root / "config" / "sequencer.yaml").write_text(f"web: {{api_keys: {written}}}\n")
    environ = {VARIABLE.format(name): key for name, key in keys.items()}
    settings = load_settings(root, environ)
    assert CANARY not in repr(settings)
    return policy_of(settings)


def test_nobody_by_default(tmp_path: Path) -> None:
    """Without a key nobody may ask."""
    assert policy(tmp_path, "{}").access == ()


def test_all_of_it(tmp_path: Path) -> None:
    """A key in the environment is told to the engine by its digest alone."""
    text = "{crm: {rep: Ana Ruiz}, acme: {rep: Acme, client: acme, read_only: true}}"
    found = policy(tmp_path, text, CRM=CANARY, ACME=OTHER)
    assert found.access == (
        Access("crm", "Ana Ruiz", digest_of(CANARY)),
        Access("acme", "Acme", digest_of(OTHER), client="acme", may_write=False),
    )
    assert CANARY not in repr(found)


def test_from_a_file(tmp_path: Path) -> None:
    """As for every secret, the variable may name a file."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sequencer.yaml").write_text("web: {api_keys: {crm: {rep: Ana}}}\n")
    (tmp_path / "crm.key").write_text(f"{CANARY}\n")
    environ = {f"{VARIABLE.format('CRM')}_FILE": str(tmp_path / "crm.key")}
    [access] = policy_of(load_settings(tmp_path, environ)).access
    assert access.digest == digest_of(CANARY)


@pytest.mark.parametrize(
    ("written", "keys", "said"),
    [
        ("{crm: {rep: Ana}}", {}, "`web.api_keys.crm`: there is no key"),
        ("{crm: {rep: Ana}}", {}, "KEY_FILE"),
        ("{crm: {rep: Ana}}", {"CRM": CANARY[:20]}, "24 to 500"),
        ("{crm: {rep: Ana}}", {"CRM": f"{CANARY} x"}, "24 to 500"),
        ("{crm: {rep: Ana}}", {"CRM": f"{CANARY}é"}, "24 to 500"),
        ("{crm: {rep: ''}}", {"CRM": CANARY}, "must not be empty"),
        ("{crm: {}}", {"CRM": CANARY}, "`rep` is missing"),
        ("{}", {"CRM": CANARY}, "`rep` is missing"),
        ("{crm: {rep: Ana, key: " + CANARY + "}}", {}, "does not belong into this file"),
        ("{crm: {rep: A}, b: {rep: B}}", {"CRM": CANARY, "B": CANARY}, "have the same key"),
        ("{Crm-1: {rep: A}}", {}, "lower-case letters"),
        ("{crm: {rep: A, readonly: true}}", {"CRM": CANARY}, "did you mean `read_only`?"),
    ],
)
def test_mistakes(tmp_path: Path, written: str, keys: dict[str, str], said: str) -> None:
    """What is missing or wrong is told, and a key never is."""
    with pytest.raises(ConfigError) as raised:
        policy(tmp_path, written, **keys)
    told = "\n".join(f"{each.message} {each.hint}" for each in raised.value.problems)
    assert said in told
    assert CANARY not in told
    assert CANARY not in str(raised.value)
