"""Where a part of a phrase stands in a file, however YAML let it be written."""

import pytest

from sequencer.files.phrase_place import place_in


@pytest.mark.parametrize(
    ("text", "begin", "at", "place"),
    [
        ("- bump on dy", (0, 2), 8, (0, 10)),
        ("- bump on dy", (0, 2), 10, (0, 12)),
        ("- 'bump on dy'", (0, 2), 8, (0, 11)),
        ('- "bump on dy"', (0, 2), 0, (0, 3)),
        ("- bump\n  on\n  dy", (0, 2), 8, (2, 2)),
        ("- bump\n  on\n\n  dy", (0, 2), 5, (1, 2)),
        ("- >-\n\n    bump on\n    dy", (0, 2), 0, (2, 4)),
        ("- |\n  bump on\n  dy\n", (0, 2), 8, (2, 2)),
        ('- "bu\\x6Dp on dy"', (0, 2), 8, (0, 3)),
        ("- >-", (0, 2), 8, (0, 2)),
        ("- *alias", (0, 2), 8, (0, 2)),
        ("", (7, 3), 8, (7, 3)),
    ],
)
def test_places(text: str, begin: tuple[int, int], at: int, place: tuple[int, int]) -> None:
    """The word itself is pointed at, or the begin of the phrase where that cannot be told."""
    assert place_in(text, begin, "bump on dy", at) == place
