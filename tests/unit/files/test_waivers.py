import pytest

from sequencer.files.problem import Problem, Severity
from sequencer.files.waivers import waivers_in, without_waived

FILE, TEMPLATE = "config/cadences/first.yaml", "templates/first/intro.md"


def finding(line: int, code: str = "too-close", file: str = FILE) -> Problem:
    return Problem(file, line, 5, "said", severity=Severity.WARNING, code=code)


def left(text: str, *problems: Problem, file: str = FILE) -> tuple[list[str], list[str]]:
    """Codes of what stays, and the reasons of what is waived."""
    stay, waived = without_waived(problems, {file: text})
    return [each.code for each in stay], [each.reason for each in waived]


@pytest.mark.parametrize(
    "text",
    [
        "a: 1  # allow: too-close because they asked",
        "# allow: too-close because they asked\na: 1",
        "# allow: too-close because they asked\n# more about it\n\na: 1",
        "# allow: long-mail, too-close because they asked\na: 1",
        "#allow:too-close because they asked\na: 1",
    ],
)
def test_a_waiver(text: str) -> None:
    """A comment with a reason on the line, or alone above it, takes the finding out."""
    line = text.count("\n") + 1
    stay, reasons = left(text, finding(line), finding(line, "long-mail"))
    assert "too-close" not in stay
    assert "they asked" in reasons
    assert ("long-mail" in stay) is ("long-mail" not in text)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1  # allow: too-close because so\nb: 2",
        "# allow: too-close because so\na: 1\nb: 2",
    ],
)
def test_a_waiver_of_another_line(text: str) -> None:
    """A comment is about one line alone, and where it silences nothing that is said."""
    last = text.count("\n") + 1
    assert left(text, finding(last)) == (["too-close", "unused-waiver"], [])


@pytest.mark.parametrize(
    ("said", "message", "hint"),
    [
        ("too-close", "the waiver has no reason", "because"),
        ("too-close because", "the waiver has no reason", "because"),
        ("too-close because  ", "the waiver has no reason", "because"),
        ("", "the waiver names no rule", "because"),
        ("because so", "the waiver names no rule", "because"),
        ("TOO CLOSE because so", "the waiver names no rule", "because"),
        ("to-close because so", "there is no rule `to-close`", "did you mean `too-close`?"),
        ("cycle because so", "`cycle` cannot be waived: the cadence would not run", "further"),
        ("waiver because so", "`waiver` cannot be waived: the cadence would not run", "allow"),
    ],
)
def test_what_is_no_waiver(said: str, message: str, hint: str) -> None:
    """A waiver without a reason, of no rule, or of an error is one itself; the finding stays."""
    stay, waived = without_waived([finding(1)], {FILE: f"a: 1  # allow: {said}"})
    assert [each.code for each in stay] == ["too-close", "waiver"]
    assert waived == []
    assert stay[1].message == message
    assert hint in stay[1].hint
    assert (stay[1].line, stay[1].column) == (1, 7)


@pytest.mark.parametrize(
    "text",
    ['title: "x # allow: too-close because so"', "title: x# allow: too-close because so"],
)
def test_no_comment(text: str) -> None:
    """What stands in a value is none."""
    assert list(waivers_in(FILE, text)) == []
    assert left(text, finding(1)) == (["too-close"], [])


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("See this {# allow: too-close because so #}", 1),
        ("{# allow: too-close because so #}\nSee this", 2),
        ("{#- allow: too-close because so -#}\n\nSee this", 3),
        ("{# allow: too-close because so #} {# allow: long-mail because so #}\nSee", 2),
    ],
)
def test_in_a_template(text: str, line: int) -> None:
    """In a template a waiver is a comment of Jinja."""
    stay, reasons = left(text, finding(line, file=TEMPLATE), file=TEMPLATE)
    assert "too-close" not in stay
    assert reasons == ["so"]


def test_in_the_head_of_a_template() -> None:
    """The head of a template is YAML, and so are the comments in it."""
    text = (
        "---\n# allow: too-close because so\nsubject: LOUD WORDS\n---\nHello\n# allow: no heading"
    )
    assert left(text, finding(3, file=TEMPLATE), file=TEMPLATE) == ([], ["so"])


def test_of_another_file() -> None:
    """A waiver is about its own file."""
    text = "# allow: too-close because so\na: 1"
    assert left(text, finding(2, file="other.yaml"))[0] == ["too-close", "unused-waiver"]


@pytest.mark.parametrize(
    "text",
    [
        "# allow: " + "a" * 60_000,
        "{# allow: " * 6_000,
        "{# allow: too-close because so #}" * 2_000,
        "{#" + " " * 60_000 + "allow: x because y #}",
        "{# allow: x" + " " * 60_000,
        "#" * 60_000 + " allow: ",
        "# allow: " + "too-close," * 6_000 + " because so",
        "\n".join(["# allow: too-close because so"] * 20_000),
        "# allow: \x00 because \x1b[31m",
    ],
)
@pytest.mark.parametrize("file", [FILE, TEMPLATE])
def test_hostile(text: str, file: str) -> None:
    """Whatever is written there takes little time, and nothing is waived by it."""
    stay, waived = without_waived([finding(99_999, file=file)], {file: text})
    assert stay[0].code == "too-close"
    assert waived == []
