"""The page about pacing says of each provider what the code knows of it."""

from pathlib import Path

from sequencer.files.provider import PRESETS

PAGE = Path(__file__).parents[2] / "docs/explanation/pacing.md"


def test_presets() -> None:
    """The table of providers is the one that follows from the code."""
    rows = []
    for provider, preset in PRESETS.items():
        ceiling = preset.ceiling
        known = (preset.per_day, ceiling.per_day, ceiling.per_minute, ceiling.connections)
        cells = [f"`{provider}`", *("-" if each is None else str(each) for each in known)]
        rows.append("| " + " | ".join(cells) + " |")
    assert "\n".join(rows) + "\n\n" in PAGE.read_text("utf-8")
