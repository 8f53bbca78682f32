from datetime import UTC, date, datetime
from typing import Any

import pytest

from sequencer.files.template import (
    MissingVariableError,
    Rendered,
    TemplateError,
    choose_template,
    parse_template,
    render,
    template_variables,
)

INTRO = """---
subject: A question about {{ company }}
---
Hello {{ first_name | or("there") }},

{% if title %}
As {{ title }} you know it.
{% endif %}
Best,\\
{{ sender.name }}
"""
VALUES = {"company": "Nordbank", "first_name": "Zoë", "sender": {"name": "Ana"}}


def filled(source: str, file: str = "a.txt", /, **values: object) -> Rendered:
    return render(parse_template(file, source), values)


def text(source: str, /, **values: object) -> str:
    return filled(source, **values).text.removesuffix("\n")


def refusal(source: str, name: str = "a.md") -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        parse_template(name, source)
    return caught.value


def place(error: TemplateError) -> tuple[int | None, int | None]:
    return error.problems[0].line, error.problems[0].column


def test_whole_mail() -> None:
    """Subject, text and HTML come from one file; a condition without a value leaves no hole."""
    rendered = render(parse_template("intro.md", INTRO), VALUES)
    assert rendered.subject == "A question about Nordbank"
    assert rendered.text == "Hello Zoë,\n\nBest,\nAna\n"
    assert rendered.html == "<p>Hello Zoë,</p>\n<p>Best,<br>\nAna</p>"


def test_plain_format() -> None:
    """A .txt template, or one that says so, has no HTML part and reads no Markdown."""
    assert filled("*a*").html is None
    assert text("*a*") == "*a*"
    assert filled("---\nformat: plain\n---\n*a*", "a.md").html is None
    assert filled("---\nformat: markdown\n---\n*a*").html == "<p><em>a</em></p>"


def test_no_subject() -> None:
    """A template that only answers needs no subject, nor any front matter."""
    template = parse_template("bump.md", "Did you see it?")
    assert not template.has_subject
    assert render(template, {}).subject == ""


@pytest.mark.parametrize(
    "empty",
    [
        None,
        "",
        " ",
        "\u200b",
        "\u3164",
        "\u2800",
        "\u115f ",
        "\uffa0",
        "\u034f",
        "\ufe0f",
        "\u17b4",
    ],
)
def test_fallback(empty: str | None) -> None:
    """`or` stands in for a value that is missing, None, blank or invisible."""
    source = '{{ name | or("there") }} {{ name or "you" }} {{ name | default("x") }}'
    assert text(source, name=empty) == "there you x"
    assert text(source) == "there you x"
    assert text(source, name="Zoë") == "Zoë Zoë Zoë"


@pytest.mark.parametrize(
    "source",
    [
        "{{ name }}",
        "{{ name | upper }}",
        "{{ name ~ '!' }}",
        "{{ name + '!' }}",
        "{{ name | or(name) }}",
        "{% set n = name %}{{ n }}",
        "{% if not name %}{{ name }}{% endif %}",
        "{{ name if 1 else 'x' }}",
        "{% for each in name %}{{ each }}{% endfor %}",
    ],
)
@pytest.mark.parametrize("values", [{}, {"name": ""}])
def test_missing(source: str, values: dict[str, object]) -> None:
    """A missing or empty value that would be printed stops the mail, and is named."""
    with pytest.raises(MissingVariableError) as caught:
        text(f"a\nb {source}", **values)
    assert caught.value.name == "name"
    assert caught.value.line == 2


@pytest.mark.parametrize(
    "name",
    ["\u738b", "\uae40", "\u3042\ufe00", "\u0905\u0928\u094d", "\u00c9", "\u3164x", "+1", "#"],
)
def test_foreign_values(name: str) -> None:
    """Whatever shows something is printed as it is, in any script."""
    assert text("{{ name }}", name=name) == name


@pytest.mark.parametrize(
    "expression",
    [
        'name | replace("Ana", "")',
        'name | replace("Ana", " ")',
        'name.strip("Ana")',
        'name.strip("Ana") | upper',
        "name | truncate(0, end='')",
        "[] | first",
        "[] | join(', ')",
    ],
)
def test_nothing_left_of_a_value(expression: str) -> None:
    """Where a filter leaves nothing of a value, the mail stops, unless something stands there."""
    with pytest.raises(TemplateError, match="nothing is left of a value"):
        text(f"Hello {{{{ {expression} }}}},", name="Ana")
    assert text(f'Hello {{{{ {expression} | or("you") }}}},', name="Ana") == "Hello you,"
    assert text(f"{{% if not ({expression}).strip() %}}none{{% endif %}}", name="Ana") == "none"


def test_empty_by_intent() -> None:
    """A template may print nothing where it says so itself."""
    source = 'a{{ "b" if c }}{{ c | or("") }}{{ c | or("") | upper }}{{ "" ~ "" }}{{ "".strip() }}.'
    assert text(source) == "a."


def test_missing_place() -> None:
    """The error points at the variable in the file, front matter counted."""
    template = parse_template("intro.md", INTRO)
    with pytest.raises(MissingVariableError) as in_body:
        render(template, {**VALUES, "sender": {"name": " "}})
    assert (in_body.value.name, place(in_body.value)) == ("sender.name", (10, 4))
    with pytest.raises(MissingVariableError) as in_subject:
        render(template, {**VALUES, "company": ""})
    assert (in_subject.value.name, place(in_subject.value)) == ("company", (2, 30))


def test_missing_parent() -> None:
    """A value below a missing name is missing under its full name."""
    with pytest.raises(MissingVariableError, match=r"`sender\.name`"):
        text("{{ sender.name }}")
    assert text('{{ sender.name | or("x") }}') == "x"


def test_language() -> None:
    """The exact tag wins, then the language alone, then the plain file."""
    names = dict.fromkeys(["intro.md", "intro.es.md", "intro.pt-BR.md", "other.fr.md"], "")
    chosen = {tag: choose_template(names, "intro.md", tag) for tag in ("es", "es-MX", "pt_br")}
    assert chosen == {"es": "intro.es.md", "es-MX": "intro.es.md", "pt_br": "intro.pt-BR.md"}
    assert choose_template(names, "intro.md", "fr") == "intro.md"
    assert choose_template(names, "intro.md", "") == "intro.md"


def test_variables() -> None:
    """Every use is listed with its place and whether a missing value would do harm there."""
    found = template_variables(parse_template("intro.md", INTRO))
    assert [(use.name, use.line, use.column, use.guarded) for use in found] == [
        ("company", 2, 30, False),
        ("first_name", 4, 10, True),
        ("title", 6, 7, True),
        ("title", 7, 7, True),
        ("sender.name", 10, 4, False),
    ]


@pytest.mark.parametrize(
    ("source", "guarded"),
    [
        ("{% if a and b %}{{ a }}{% endif %}", True),
        ("{% if a or b %}{{ a }}{% endif %}", False),
        ("{% if not a %}x{% else %}{{ a }}{% endif %}", True),
        ("{% if not (a or b) %}x{% else %}{{ a }}{% endif %}", False),
        ("{% if not (a and b) %}x{% else %}{{ a }}{% endif %}", True),
        ("{% if b %}x{% elif a %}{{ a }}{% endif %}", True),
        ("{% if a == 'x' %}{{ a }}{% endif %}", True),
        ("{% if a is defined %}{{ a }}{% endif %}", True),
        ("{{ a if a else '' }}", True),
        ("{{ '' if a else a }}", False),
        ("{{ a | d('x') }}", True),
        ("{{ b | or(a) }}", False),
        ("{{ a[0] }}", False),
    ],
)
def test_guards(source: str, *, guarded: bool) -> None:
    """A use is guarded exactly where the mail leaves without the value; checked against a run."""
    template = parse_template("a.txt", f"x {source}")
    last = [use for use in template_variables(template) if use.name == "a"][-1]
    assert last.guarded is guarded
    outcomes = set()
    for values in ({}, {"b": "b"}):
        try:
            render(template, values)
        except MissingVariableError as error:
            outcomes.add(error.name)
    assert ("a" in outcomes) is not guarded


def test_own_names() -> None:
    """Names that the template sets itself are no variables."""
    source = "{% set x = a %}{% for y in b %}{{ y }}{{ x }}{{ loop.index }}{% endfor %}{{ y }}"
    found = template_variables(parse_template("a.txt", source))
    assert sorted(use.name for use in found) == ["a", "b", "y"]


@pytest.mark.parametrize(
    ("source", "at", "message"),
    [
        ("---\nsubjct: x\n---\n", (2, 1), "unknown key `subjct`"),
        ("---\nsubject: [a]\n---\n", (2, 10), "text is expected"),
        ("---\nformat: html\n---\n", (2, 9), "`markdown` or `plain`"),
        ("---\nsubject: x\n", (1, 1), "never ends"),
        ("---\nsubject: a\n---\nx\n{{ a | uper }}", (5, 8), "no filter `uper`"),
        ("---\nsubject: Hi {{ a | uper }}\n---\n", (2, 20), "no filter `uper`"),
        ("x\n{% if a %}", (2, 1), "`if`"),
        ("x {{ a", (1, 3), "unexpected"),
        ("x\n{% if a is foo %}{% endif %}", (2, 12), "no test `foo`"),
        ("x\ny \x07", (2, 3), "U+0007"),
        ("x \U00100000", (1, 3), "U+100000"),
    ],
)
def test_mistakes(source: str, at: tuple[int, int], message: str) -> None:
    """Each mistake is shown at its line and column of the file."""
    error = refusal(source)
    assert place(error) == at
    assert message in str(error)


def test_all_mistakes() -> None:
    """Mistakes of subject and body come together, with a hint at the word that was meant."""
    error = refusal("---\nsubject: '{{ a | uper }}'\n---\n{{ a | lowr }}\n![x](https://x)\n")
    assert [problem.line for problem in error.problems] == [2, 4, 5]
    assert error.problems[0].hint == "did you mean `upper`?"


def test_subject_is_a_line() -> None:
    """Line ends and runs of spaces in a value become one space in the subject."""
    source = "---\nsubject: 'About {{ a }}'\n---\nx"
    assert filled(source, a="x\r\n  Bcc: y\u2028z").subject == "About x Bcc: y z"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x7f", "\ud800"])
def test_subject_characters(character: str) -> None:
    """A control character in a subject is refused."""
    with pytest.raises(TemplateError, match="control character"):
        filled("---\nsubject: 'About {{ a }}'\n---\nx", a=f"x{character}y")


@pytest.mark.parametrize(
    "source", ["---\nsubject: x\n---\n", '{{ a | or("") }}', "---\nsubject: '{{ a|or }}'\n---\nx"]
)
def test_nothing_left(source: str) -> None:
    """A mail without a word in its body or subject does not leave."""
    with pytest.raises(TemplateError, match="nothing is left"):
        filled(source, "a.md")


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("x", "x"),
        (3, "3"),
        (2.5, "2.5"),
        (date(2026, 3, 1), "2026-03-01"),
        (datetime(2026, 3, 1, 9, tzinfo=UTC), "2026-03-01 09:00:00+00:00"),
    ],
)
def test_plain_values(value: object, printed: str) -> None:
    """Text, numbers and dates are printed as they are."""
    assert text("{{ a }}", a=value) == printed


def test_lists() -> None:
    """Lists can be looped over, joined, and asked for an entry."""
    source = (
        '{% for x in a %}{{ x }}{{ "" if loop.last else "+" }}{% endfor %} {{ a | join(", ") }}'
    )
    assert text(source, a=["x", "", "y"]) == "x+y x, y"
    assert text("{{ a[0] }}{{ a | last }}", a=("x", "y")) == "xy"
    with pytest.raises(TemplateError, match="join a list"):
        text("{{ a }}", a=["x"])


class Record(str):
    """A text with more to it."""

    __slots__ = ()


@pytest.mark.parametrize("value", [object(), b"x", Record("x"), {"x"}, [object()], {1: "x"}, print])
def test_no_objects(value: Any) -> None:
    """Whatever is not plain is refused, even inside a list or as a subclass of text."""
    with pytest.raises(TypeError):
        text("x", a=value)


def test_values_are_copied() -> None:
    """What the caller passed is not what the template gets."""
    values = {"a": {"b": ["x"]}}
    text("{{ a.b | join }}", **values)
    assert values == {"a": {"b": ["x"]}}


def test_crlf_and_bom() -> None:
    """Line ends and a mark of Windows make no difference."""
    source = "\ufeff" + INTRO.replace("\n", "\r\n")
    assert render(parse_template("i.md", source), VALUES) == render(
        parse_template("i.md", INTRO), VALUES
    )
