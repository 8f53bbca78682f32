import json
from pathlib import Path
from typing import Any

import pytest

from sequencer.files.plan_file import FORMAT, name_of, read_plan
from sequencer.files.problem import ConfigError


def a_plan(**changes: Any) -> dict[str, Any]:
    """A plan of nothing."""
    content = {
        "format": FORMAT,
        "at": "2026-03-03T12:00:00+00:00",
        "by": "marta",
        "mails": 0,
        "world": "",
        "options": {"migrate": [], "with_added": [], "decide": {}},
        "cadences": [],
        **changes,
    }
    return {"plan": name_of(content), **content}


def test_read_again(tmp_path: Path) -> None:
    """A plan that was written can be read, and has its name."""
    (tmp_path / "p.json").write_text(json.dumps(a_plan()), "utf-8")
    plan = read_plan(tmp_path / "p.json")
    assert (plan.by, plan.plan) == ("marta", a_plan()["plan"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no plan"),
        ("[]", "no plan"),
        ("{}", "no plan"),
        ("[" * 100_000, "no plan"),
        (json.dumps({**a_plan(), "mails": 7}), "was changed"),
        (json.dumps(a_plan(format=FORMAT + 1)), "another version of this program"),
        (json.dumps(a_plan(at="2026-03-03T12:00:00")), "no plan"),
        (json.dumps(a_plan(cadences=[{"slug": 3}])), "no plan"),
        (json.dumps(a_plan(options={"decide": {"a:b": "delete"}})), "no plan"),
    ],
)
def test_refused(tmp_path: Path, text: str, why: str) -> None:
    """What is no plan, or was changed, is refused with what to do."""
    (tmp_path / "p.json").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=why):
        read_plan(tmp_path / "p.json")
