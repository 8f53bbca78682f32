import pytest

from sequencer.files.language import choose_template, language_of, variants

FILES = dict.fromkeys(
    ["intro.md", "intro.es.md", "intro.es-AR.md", "intro.de.md", "intro.txt", "intro-es.md"], ""
)


@pytest.mark.parametrize(
    ("language", "chosen"),
    [
        ("es", "intro.es.md"),
        ("es-MX", "intro.es.md"),
        ("es_MX", "intro.es.md"),
        ("ES-ar", "intro.es-AR.md"),
        ("de-CH-1996", "intro.de.md"),
        ("fr", "intro.md"),
        ("", "intro.md"),
        ("../../etc/passwd", "intro.md"),
        ("-", "intro.md"),
    ],
)
def test_choose(language: str, chosen: str) -> None:
    """The most exact variant there is, else the template itself."""
    assert choose_template(FILES, "intro.md", language) == chosen


def test_variants() -> None:
    """Only a language between the name and the same ending makes a variant."""
    assert variants(FILES, "intro.md") == ["intro.de.md", "intro.es-AR.md", "intro.es.md"]
    assert variants(FILES, "intro.txt") == []


@pytest.mark.parametrize("name", ["intro.md", "intro.question.md", "intro..md", "intro.e5.md"])
def test_no_language(name: str) -> None:
    """What is no language tag makes another template, not a variant."""
    assert language_of(name, "intro.md") == ""
