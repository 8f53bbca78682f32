from sequencer.cli.check_report import annotations, text_of
from sequencer.files.problem import Problem, Severity


def test_escaped() -> None:
    """What a file is called and what it holds can neither end an annotation nor begin another."""
    problem = Problem("a,b:c%\n.md", 3, 4, "50%\r\n::error::x", "a\nb", code="yaml")
    [line] = annotations([problem], "")
    assert line == (
        "::error file=a%2Cb%3Ac%25%0A.md,line=3,col=4,title=yaml::"
        "50%25%0D%0A::error::x%0Ahint: a%0Ab%0Adocs/reference/check-rules.md#yaml"
    )


def test_places() -> None:
    """What has no line has none there, and a workspace in a folder is seen from the checkout."""
    problem = Problem("x.md", None, None, "said", severity=Severity.WARNING)
    assert list(annotations([problem], "sales/")) == ["::warning file=sales/x.md,title=::said"]
    nowhere = Problem("environment", None, None, "said", code="bad-variable")
    [line] = annotations([nowhere], "sales/")
    assert line.startswith("::error title=bad-variable::said%0A")


def test_text_without_a_rule() -> None:
    """A problem without a rule is told as ever."""
    assert text_of(Problem("x.md", 1, 2, "said", "do")) == "x.md:1:2: said\nhint: do"
    assert text_of(Problem("x.md", 1, 2, "said", code="yaml")).split("\n") == [
        "x.md:1:2: said [yaml]",
        "rule: docs/reference/check-rules.md#yaml",
    ]
