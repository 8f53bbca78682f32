"""Templates out of several files: includes, macros, their languages, and what is refused."""

import pytest

from sequencer.files.template import (
    MissingVariableError,
    Template,
    TemplateError,
    parse_template,
    render,
    template_variables,
)
from sequencer.files.template_text import forms_of, included_names, template_text_hash, texts_of
from sequencer.files.template_whole import MAX_NESTING, MAX_USES

MACROS = """\
{% macro greeting(name, otherwise="there") %}
Hello {{ name | or(otherwise) }},
{% endmacro %}
{% macro link(words, to) -%}
[{{ words }}]({{ to }})
{%- endmacro %}
{% macro signed(who) %}
{{ who.name }}
{% endmacro %}
"""
INTRO = """\
---
subject: Closing at {{ company | or("your company") }}
---
{% from "_macros.md" import greeting, link as to_page %}
{{ greeting(first_name) }}

See {{ to_page("our page", "https://acme.example") }}.
{% include "shared/ps.md" %}
"""
FILES = {
    "intro.md": INTRO,
    "_macros.md": MACROS,
    "shared/ps.md": "PS: I shall be in {{ city }}.\n",
    "shared/ps.es.md": "PD: estaré en {{ city }}.\n",
}
NESTED = (
    "{% macro m() %}{% for a in b %}{% endfor %}{% endmacro %}{% for c in d %}{{ m() }}{% endfor %}"
)
VALUES = {"first_name": "Zoe", "city": "Vienna", "company": "Bank"}


def whole(source: str, language: str = "", **files: str) -> Template:
    """A template with these files beside it; `_` in a keyword stands for the dot of `.md`."""
    others = {
        name.replace("_md", ".md").replace("shared_", "shared/"): files[name] for name in files
    }
    return parse_template("a.md", source, {**FILES, **others}, language)


def text(source: str, language: str = "", **files: str) -> str:
    """What comes out of it."""
    return render(whole(source, language, **files), VALUES).text


def refusal(source: str, **files: str) -> str:
    """What is said of a template that cannot be read."""
    with pytest.raises(TemplateError) as caught:
        whole(source, **files)
    return str(caught.value)


def test_includes_and_macros_are_put_in_place() -> None:
    """What is included and what macros print stands where it was named, markup and all."""
    rendered = render(parse_template("intro.md", INTRO, FILES), VALUES)
    assert rendered.subject == "Closing at Bank"
    assert "Hello Zoe," in rendered.text
    assert "PS: I shall be in Vienna." in rendered.text
    assert '<a href="https://acme.example">our page</a>' in (rendered.html or "")


def test_values_in_included_text_are_no_markup() -> None:
    """A value in an included text, or one given to a macro, never becomes Markdown."""
    values = {**VALUES, "city": "*Vienna*", "first_name": "[x](https://evil.example)"}
    html = render(parse_template("intro.md", INTRO, FILES), values).html or ""
    assert "*Vienna*" in html
    assert "evil.example)" in html
    assert 'href="https://evil.example' not in html


def test_included_text_has_the_language_of_the_reader() -> None:
    """The Spanish file is taken for a Spanish reader, whatever the country, and else the plain."""
    include = '{% include "shared/ps.md" %}'
    assert text(include, "es-MX") == "PD: estaré en Vienna.\n"
    assert text(include, "de") == "PS: I shall be in Vienna.\n"


def test_macro_has_defaults_and_names() -> None:
    """A value that is not given is the macro's own; values may be given by name."""
    begin = '{% from "_macros.md" import greeting %}'
    assert text(begin + "{{ greeting(nobody) }}") == "Hello there,\n"
    assert text(begin + '{{ greeting(otherwise="you", name=nobody) }}') == "Hello you,\n"


def test_macro_of_the_file_itself() -> None:
    """A template may define a macro for itself, and call it in a loop and in a condition."""
    source = (
        "{% macro item(what) %}\n- {{ what }}\n{% endmacro %}\n"
        '{% for each in ["a", "b"] %}\n{% if each %}\n{{ item(each) }}\n{% endif %}\n{% endfor %}\n'
    )
    assert text(source).split() == ["-", "a", "-", "b"]


def test_what_a_macro_sets_stays_inside() -> None:
    """Names that a macro or an included file sets do not reach the template."""
    source = '{% set x = "out" %}{% include "c.md" %}{{ x }}'
    assert text(source, c_md='{% set x = "in" %}{{ x }} ') == "in out\n"


def test_missing_value_is_named_where_it_is_needed() -> None:
    """A value that is missing in an included file is told with the line of that file."""
    template = parse_template("intro.md", INTRO, FILES)
    with pytest.raises(MissingVariableError) as caught:
        render(template, {"first_name": "Zoe"})
    error = caught.value
    assert (error.name, error.file, error.line) == ("city", "shared/ps.md", 1)
    assert error.problems[0].column == 22


def test_missing_value_given_to_a_macro_is_named_at_the_call() -> None:
    """Where a macro prints a value that it was given, it is that value which is missing."""
    source = '{% from "_macros.md" import link %}\n{{ link(page, "https://a.example") }}'
    with pytest.raises(MissingVariableError) as caught:
        render(whole(source), VALUES)
    assert (caught.value.name, caught.value.file, caught.value.line) == ("page", "a.md", 2)


def test_needs_of_a_macro_count_where_it_is_called() -> None:
    """A macro's own names are no variables; what it is given is guarded if the macro guards it."""
    source = (
        '{% from "_macros.md" import greeting, link, signed %}\n'
        "{{ greeting(first_name) }} {{ link(page, site) }} {{ signed(sender) }}"
    )
    found = {
        (use.name, use.guarded, use.file, use.line) for use in template_variables(whole(source))
    }
    assert found == {
        ("first_name", True, "a.md", 2),
        ("page", False, "a.md", 2),
        ("site", False, "a.md", 2),
        ("sender.name", False, "a.md", 2),
    }


def test_condition_around_an_include_guards_what_is_in_it() -> None:
    """Uses in an included file are guarded by what stands around the include."""
    guarded = whole('{% if city %}{% include "shared/ps.md" %}{% endif %}')
    assert [use.guarded for use in template_variables(guarded) if use.line == 1] == [True, True]
    bare = template_variables(whole('x {% include "shared/ps.md" %}{% include "shared/ps.md" %}'))
    assert [(use.name, use.guarded, use.file, use.column) for use in bare] == [
        ("city", False, "shared/ps.md", 22)
    ]
    assert bare[0].source_line == "PS: I shall be in {{ city }}."


def test_value_of_the_same_name_outside_guards_nothing_inside() -> None:
    """That a value is there does not say that what a macro calls by its name is."""
    source = (
        "{% macro m(name) %}{{ name }}{% endmacro %}{% if name %}{{ m(other) }}{% endif %}"
        "{% if other %}{{ m(other) }}{% endif %}"
    )
    uses = [(use.name, use.guarded) for use in template_variables(whole(source))]
    assert sorted(uses) == [("name", True), ("other", False), ("other", True), ("other", True)]


def test_fields_of_a_guarded_value() -> None:
    """Each field that a macro uses of a value counts by itself."""
    source = (
        '{% macro m(who) %}{{ who.name | or("x") }}{{ who.phone }}{% endmacro %}{{ m(sender) }}'
        "{{ m('x' ~ city) }}{% if sender.phone %}{{ m(sender) }}{% endif %}"
    )
    uses = {(use.name, use.guarded) for use in template_variables(whole(source))}
    assert {("sender.name", True), ("sender.phone", False), ("sender.phone", True)} <= uses
    assert ("city", False) in uses


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('x\n{% include "pps.md" %}', "a.md:2:13: there is no file `pps.md` to include"),
        ('{% include "../secret.md" %}', "`../secret.md` cannot be included"),
        ('{% include "/etc/passwd" %}', "`/etc/passwd` cannot be included"),
        ('{% include "shared/../a.md" %}', "cannot be included"),
        ("{% include first_name %}", "what is included depends on a value"),
        ('{% include ["a.md"] %}', "what is included depends on a value"),
        ('{% include "shared/ps.md" ignore missing %}', "`ignore missing` is not available"),
        ('{% include "shared/ps.md" without context %}', "`without context` is not available"),
        ('{% include "intro.md" %}', "has a front matter"),
        ('{% include "a.md" %}', "`a.md` comes back to itself: a.md includes a.md"),
        ('{% from "_macros.md" import greetings %}', "there is no macro `greetings`"),
        ('{% if a %}{% from "_macros.md" import link %}{% endif %}', "`{% from %}` is not"),
        ("{% if a %}{% macro m() %}{% endmacro %}{% endif %}", "`{% macro %}` is not available"),
        ("{% macro m() %}{{ m() }}{% endmacro %}", "the macro `m` calls itself"),
        ("{% macro m() %}{{ n() }}{% endmacro %}{% macro n() %}{{ m() }}{% endmacro %}", "itself"),
        ("{% macro m(a) %}{% endmacro %}{{ m() }}", "`m` needs a value for `a`"),
        ("{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}", "`m` takes 1 values, not 2"),
        ("{% macro m(a) %}{% endmacro %}{{ m(1, a=2) }}", "`m` gets `a` twice"),
        ("{% macro m(a) %}{% endmacro %}{{ m(1, b=2) }}", "`m` has no value `b`"),
        ("{% macro m(a) %}{% endmacro %}{{ m(*b) }}", "`*` and `**` are not available"),
        ("{% macro m(a=b) %}{% endmacro %}", "more than a text or a number"),
        ("{% macro m(_a) %}{% endmacro %}", "the name `_a` is not available"),
        ("{% macro m(caller) %}{% endmacro %}", "the name `caller` is not available"),
        ("{% macro _m() %}{% endmacro %}", "the name `_m` is not available"),
        ("{% macro m(account) %}{% endmacro %}", "the name `account` is not available"),
        ("{% macro m() %}{% endmacro %}{{ m() | upper }}", "`m` cannot be called in here"),
        ("{% macro m() %}{% endmacro %}{% if m() %}{% endif %}", "`m` cannot be called in here"),
        ("{% macro m() %}{% endmacro %}{% set x = m() %}", "`m` cannot be called in here"),
        ("{% macro m(a) %}{% endmacro %}{{ m(m(1)) }}", "`m` cannot be called in here"),
        ("{% macro m() %}{{ ''.__class__ }}{% endmacro %}", "`__class__` is not available"),
        (NESTED, "a loop in a loop is not available"),
        ('{% import "_macros.md" as m %}', "`{% import %}` is not available"),
    ],
)
def test_refused(source: str, said: str) -> None:
    """What cannot be put in place, or could run away, is refused when the template is read."""
    assert said in refusal(source)


def test_mistake_in_an_included_file_is_told_there() -> None:
    """A mistake carries the place in the file that holds it, with its line and a caret."""
    said = refusal('x\n{% include "c.md" %}', c_md="fine\n{{ city | uper }}\n")
    assert said.startswith("c.md:2:11: there is no filter `uper`")
    assert "{{ city | uper }}" in said
    assert "c.md:1" in refusal('{% include "c.md" %}', c_md="{{ city")
    assert refusal('{% include "c.md" %}', c_md="![x](y)").startswith("c.md:1:1")
    assert "U+0007" in refusal('{% include "c.md" %}', c_md="a\u0007")


def test_files_beside_a_template_are_shown_with_their_folder() -> None:
    """A template that messages call by its path has what it includes beside it."""
    with pytest.raises(TemplateError) as caught:
        parse_template(
            "templates/fintech/a.md",
            '{% include "c.md" %}{% include "shared/d.md" %}{% include "e.md" %}',
            {"c.md": "{{ a b }}", "shared/d.md": "fine"},
        )
    assert "templates/fintech/c.md:1" in str(caught.value)
    with pytest.raises(TemplateError) as caught:
        parse_template("templates/fintech/a.md", '{% include "shared/d.md" %}')
    assert "it would be templates/shared/d.md" in str(caught.value)


def test_cycle_over_several_files() -> None:
    """Files that include one another are refused, with the way round."""
    said = refusal('{% include "c.md" %}', c_md='{% include "d.md" %}', d_md='{% include "c.md" %}')
    assert "c.md includes d.md includes c.md" in said
    said = refusal(
        '{% from "c.md" import x %}',
        c_md='{% from "d.md" import y %}',
        d_md='{% from "c.md" import x %}',
    )
    assert "comes back to itself" in said
    said = refusal(
        '{% from "c.md" import x %}{{ x() }}',
        c_md='{% macro x() %}{% include "d.md" %}{% endmacro %}',
        d_md='{% from "c.md" import x %}{{ x() }}',
    )
    assert "calls itself" in said


def test_depth_is_limited() -> None:
    """Includes and macros are nested only so deep."""
    chain = {f"c{n}_md": f'{{% include "c{n + 1}.md" %}}' for n in range(20)}
    assert "nested too deeply" in refusal('{% include "c0.md" %}', **chain)
    macros = "".join(
        f"{{% macro m{n}() %}}{{{{ m{n + 1}() }}}}{{% endmacro %}}" for n in range(MAX_NESTING + 2)
    )
    macros += f"{{% macro m{MAX_NESTING + 2}() %}}{{% endmacro %}}"
    assert "nested too deeply" in refusal(macros + "{{ m0() }}")


def test_size_is_limited() -> None:
    """A few files that include each other many times do not become a huge template."""
    bomb = {f"c{n}_md": f'{{% include "c{n + 1}.md" %}}' * 10 for n in range(5)}
    assert f"more than {MAX_USES} includes" in refusal('{% include "c0.md" %}', c5_md="x", **bomb)
    large = "x" * 60_000
    assert "what is included is larger" in refusal('{% include "c.md" %}' * 20, c_md=large)
    assert "larger than 64 kB" in refusal('{% include "c.md" %}', c_md="x" * 70_000)


def test_names_of_included_files() -> None:
    """They are read from the text; a comment names none."""
    source = (
        '{# {% include "no.md" %} #}{%- include "a.md" -%}{% from \'b.md\' import c %}{% if a %}'
    )
    assert included_names(source) == ("a.md", "b.md")
    assert included_names("include 'a.md'") == ()
    tight = """{%include"a.md"%}{%+ include ( "b.md" ) %}{%-\nfrom(('c.md')) import d%}"""
    assert included_names(tight) == ("a.md", "b.md", "c.md")
    assert included_names('{% included "a.md" %}') == ()
    assert included_names("{#" * 30_000 + '{% include "a.md" %}') == ("a.md",)
    assert refusal('{% include "c.md" %}', c_md="{#" * 30_000).startswith("c.md:1")


@pytest.mark.parametrize(
    "tag",
    [
        r'{% include "\x5fps.md" %}',
        '{% include "_ps" ".md" %}',
        '{% raw %}{# {% endraw %}{% include "_ps.md" %}{% raw %} #}{% endraw %}',
    ],
)
def test_name_that_is_not_found(tag: str) -> None:
    """A name that Jinja reads and the text does not show is refused: no hash would know of it."""
    assert "named in a way that cannot be followed" in refusal(tag, _ps_md="x")


def test_tight_include() -> None:
    """An include without blanks is part of the hash and chosen by language like any other."""
    texts = {"_ps.md": "english", "_ps.es.md": "espa\u00f1ol", "a.md": '{%include("_ps.md")%}'}
    assert texts_of(texts, "a.md", "es") == {"a.md": "a.md", "_ps.md": "_ps.es.md"}
    assert ("a.md", "es") in forms_of(texts, "a.md")


def test_hostile_macros() -> None:
    """Macros that call one another a thousand deep, or use much of the stack, are refused."""
    chain = "".join(
        f"{{% macro m{n}() %}}{{{{ m{n + 1}() }}}}{{% endmacro %}}" for n in range(1_000)
    )
    chain += "{% macro m1000() %}{% endmacro %}"
    assert "nested too deeply" in refusal(chain + "{{ m0() }}")
    deep = "{% if a %}" * 300 + "{% endif %}" * 300
    assert "nested too deeply" in refusal('{% include "c.md" %}', c_md=deep)
    wide = "{% macro m0() %}x{% endmacro %}" + "".join(
        f"{{% macro m{n}() %}}{f'{{{{ m{n - 1}() }}}}' * 20}{{% endmacro %}}" for n in range(1, 6)
    )
    assert "more than" in refusal(wide + "{{ m5() }}")


def test_hash_of_a_text_is_that_of_all_it_includes() -> None:
    """It changes with each file that is in the mail for that reader, and with no other."""
    plain = template_text_hash(FILES, "intro.md")
    spanish = template_text_hash(FILES, "intro.md", "es")
    assert len({plain, spanish, template_text_hash(FILES, "_macros.md")}) == 3
    changed = {**FILES, "shared/ps.es.md": "PD"}
    assert template_text_hash(changed, "intro.md") == plain
    assert template_text_hash(changed, "intro.md", "es") != spanish
    assert template_text_hash({**FILES, "_macros.md": ""}, "intro.md") != plain
    assert texts_of(FILES, "intro.md", "es-AR") == {
        "intro.md": "intro.md",
        "_macros.md": "_macros.md",
        "shared/ps.md": "shared/ps.es.md",
    }
    assert texts_of(FILES, "gone.md") == {}


def test_forms_of_a_template() -> None:
    """There is a form for each language in which it, or anything in it, is written."""
    assert forms_of(FILES, "intro.md") == [("intro.md", ""), ("intro.md", "es")]
    german = {**FILES, "intro.de.md": '{% include "more.md" %}', "more.it.md": "x"}
    assert forms_of(german, "intro.md") == [
        ("intro.md", ""),
        ("intro.de.md", "de"),
        ("intro.md", "es"),
        ("intro.md", "it"),
    ]
