"""The bugs for `make mutants` still fit the engine that they are planted in."""

import pytest
from mutants.plant import PACKAGE, replaced
from mutants.planted import PLANTS, Edit, Plant


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_plants_fit(plant: Plant) -> None:
    """Each place is found exactly once, and the changed file can be parsed."""
    texts = {edit.file: (PACKAGE / edit.file).read_text("utf-8") for edit in plant.edits}
    for edit in plant.edits:
        texts[edit.file] = replaced(texts[edit.file], edit)
    for file, text in texts.items():
        compile(text, file, "exec")


def test_names_are_different() -> None:
    """No two bugs have one name."""
    assert len({plant.name for plant in PLANTS}) == len(PLANTS) >= 15


@pytest.mark.parametrize("text", ["", "aa"])
def test_a_place_is_one_place(text: str) -> None:
    """A text that is missing, or stands there twice, is refused."""
    with pytest.raises(ValueError, match="times"):
        replaced(text, Edit("x.py", "a", "b"))
