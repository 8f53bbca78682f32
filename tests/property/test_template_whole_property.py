"""What is included reads as if it stood there: for the mail, and for what the mail needs."""

from hypothesis import given
from hypothesis import strategies as st

from sequencer.files.template import (
    MissingVariableError,
    Template,
    parse_template,
    render,
    template_variables,
)

NAMES = ("first_name", "company", "title")
PIECES = st.sampled_from(
    [
        "Hello",
        " *there*, ",
        "\n\n- one\n- two\n\n",
        "[words](https://a.example/x)",
        "{{ first_name }}",
        "{{ company | or('your company') }}",
        "{% if title %}{{ title }} of {{ company }}{% else %}you{% endif %}",
        "{% for each in ['a', 'b'] %}{{ each }}{{ first_name }} {% endfor %}",
        "{% set x = 'set' %}{{ x }}",
    ]
)
TEXTS = st.lists(PIECES, min_size=1, max_size=5).map("".join)
VALUES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(["Zoe", "A *b*", "x_y_z", "<i>"]) for name in NAMES}
)


def outcome(template: Template, values: dict[str, str]) -> object:
    """The mail, or the name of the value that is missing."""
    try:
        rendered = render(template, values)
    except MissingVariableError as error:
        return error.name
    return rendered.text, rendered.html


def needs(template: Template) -> set[tuple[str, bool]]:
    return {(use.name, use.guarded) for use in template_variables(template)}


@given(before=TEXTS, text=TEXTS, after=TEXTS, values=VALUES)
def test_an_include_is_as_good_as_its_text(
    before: str, text: str, after: str, values: dict[str, str]
) -> None:
    """With the same values comes the same mail, or the same value is missing."""
    files = {"_part.md": text, "_deep.md": '{% include "_part.md" %}'}
    plain = parse_template("a.md", f"Dear {before}{text}{after}")
    for name in files:
        whole = parse_template("a.md", f'Dear {before}{{% include "{name}" %}}{after}', files)
        assert outcome(whole, values) == outcome(plain, values)
        assert needs(whole) == needs(plain)


@given(values=VALUES, guards=st.booleans(), way=st.sampled_from(["", "name=", "deep"]))
def test_a_macro_needs_what_it_is_given(values: dict[str, str], way: str, *, guards: bool) -> None:
    """What a macro does with a value is done with the one that it was given."""
    inner = "{{ name | or('you') }}" if guards else "{{ name }}"
    macros = (
        f"{{% macro m(name) -%}}Hi {inner}{{%- endmacro %}}"
        "{% macro deep(name) -%}{{ m(name) }}{%- endmacro %}"
    )
    call = "deep(first_name)" if way == "deep" else f"m({way}first_name)"
    source = f'{{% from "_m.md" import m, deep %}}{{{{ {call} }}}} and {{{{ name | or("no") }}}}.'
    whole = parse_template("a.md", source, {"_m.md": macros})
    given = inner.replace("name", "first_name")
    plain = parse_template("a.md", f'Hi {given} and {{{{ name | or("no") }}}}.')
    assert outcome(whole, values) == outcome(plain, values)
    assert needs(whole) == needs(plain)
