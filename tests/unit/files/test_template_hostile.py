import pytest

from sequencer.files.template import TemplateError, parse_template, render

pytestmark = pytest.mark.timeout(20)  # a bomb that goes off ends the test, not the machine

VALUES = {"a": "x", "n": {"b": "y"}, "items": ["x", "y"], "f": "{0.__class__}"}


def outcome(source: str, name: str = "a.txt") -> str:
    """What the template is refused with, or what it prints."""
    try:
        return render(parse_template(name, source), VALUES).text
    except TemplateError as error:
        return f"refused: {error}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ a.__class__ }}",
        "{{ a['__class__'] }}",
        "{{ a['__cla' ~ 'ss__'] }}",
        "{{ n['__class__'] }}",
        "{{ n.get('b') }}",
        "{{ n.keys() }}",
        "{{ a | attr('__class__') }}",
        "{{ a | map(attribute='__class__') | list }}",
        "{{ a.format }}",
        "{{ f.format(a) }}",
        "{{ f.format_map(n) }}",
        "{% set m = f.format %}{{ m(a) }}",
        "{{ ('%s' | format(a)) }}",
        "{{ '%s' % a }}",
        "{{ a.upper.__self__ }}",
        "{{ a.upper }}",
        "{{ range.__init__ }}",
        "{{ self.__init__ }}",
        "{{ self }}",
        "{{ cycler('a').__init__ }}",
        "{{ namespace(x=1) }}",
        "{{ joiner() }}",
        "{{ dict(x=1) }}",
        "{{ lipsum(n=100000) }}",
        "{{ loop }}",
        "{% for x in items %}{{ loop.__init__ }}{% endfor %}",
        "{% for x in items %}{{ loop._iterator }}{% endfor %}",
        "{% for x in items %}{{ loop('x') }}{% endfor %}",
        "{{ items.append('x') }}",
        "{{ items.__class__ }}",
        "{{ _context }}",
        "{{ items | _each }}",
        "{{ '/etc/passwd' | include }}",
        "{{ a(*items) }}",
    ],
)
def test_no_way_out(source: str) -> None:
    """No object of Python can be reached, named or called."""
    assert outcome(source).startswith("refused: a.txt:1")


@pytest.mark.parametrize(
    "statement",
    [
        "{% macro m() %}{{ m() }}{% endmacro %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% from 'x' import y %}",
        "{% extends 'x' %}",
        "{% block b %}{% endblock %}",
        "{% call m() %}{% endcall %}",
        "{% filter upper %}{% endfilter %}",
        "{% set x %}{% endset %}",
        "{% with x = 1 %}{% endwith %}",
        "{% autoescape true %}{% endautoescape %}",
        "{% for x in items recursive %}{% endfor %}",
        "{% for x in items %}{% for y in items %}{% endfor %}{% endfor %}",
        "{% for x in items %}{% if a %}{% for y in items %}{% endfor %}{% endif %}{% endfor %}",
        "{% set n.b = 1 %}",
    ],
)
def test_no_statement_that_recurs(statement: str) -> None:
    """What could call itself, nest or load is refused when the template is read, at its line."""
    with pytest.raises(TemplateError) as caught:
        parse_template("a.txt", f"x\n{statement}")
    assert caught.value.problems[0].line == 2


DOUBLED = "{% set x = x ~ x %}" * 40
LISTS = "{% set x = [x, x] %}" * 40
LOOP = "{% for i in range(100) %}"
WIDE = "{% set x = 'word ' * 100 %}{% set x = x * 30 %}"


@pytest.mark.parametrize(
    "source",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 10**9 * 'a' }}",
        "{{ 9**99999999 }}",
        "{{ 9.0**999 }}",
        "{{ 2**64 * 2**64 }}",
        "{{ 'a' | center(999999999) }}",
        "{{ 'a'.center(999999999) }}",
        "{{ 'a'.ljust(999999999) }}",
        "{{ 'a'.zfill(999999999) }}",
        "{{ 'a\\t'.expandtabs(999999999) }}",
        "{{ 'a'.join(range(100)) }}",
        "{{ 'a'.replace('', 'b') }}",
        "{{ '%999999999d' % 1 }}",
        "{{ '%999999999d' is even }}",
        "{{ '%999999999d' is divisibleby(1) }}",
        "{{ '{:>999999999}'.format(a) }}",
        "{{ 'a' | indent(999999999) }}",
        "{{ items | batch(999999999, 'x') | list }}",
        "{{ items | slice(999999999) | list }}",
        "{{ 1 | round(999999999, 'ceil') }}",
        "{{ 1 | round(999999999) }}",
        "{{ range(10**9) }}",
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
        "{% set x = 'aaaaaaaaaa' %}" + DOUBLED + "{{ x }}",
        "{% set x = 'a' %}" + DOUBLED.replace("~", "+") + "{{ x }}",
        "{% set x = 'a' %}" + LISTS + "{{ x }}",
        "{% set x = [1] %}" + DOUBLED.replace("~", "+") + "{{ x | join }}",
        WIDE + "{% set x = x | replace('w', x) %}{{ x }}",
        WIDE + LOOP + "{{ x }}" * 1000 + "{% endfor %}",
        WIDE
        + LOOP
        + "{% if x | title | title | upper | lower %}{% endif %}" * 1000
        + "{% endfor %}",
        WIDE + LOOP + "{% if x.title().upper() %}{% endif %}" * 1500 + "{% endfor %}",
        LOOP + "a" * 60_000 + "{% endfor %}",
        LOOP + "{{ 1 }}" * 8_000 + "{% endfor %}",
        "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
        "{{ 1" + " + 1" * 5_000 + " }}",
        "{{ a" + " | upper" * 5_000 + " }}",
        "{% if a %}" * 200 + "{% endif %}" * 200,
        "{{ " + "9" * 5_000 + " }}",
        "x" * 1_000_000,
        "ü" * 40_000,
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_bombs(source: str, name: str) -> None:
    """Whatever would take much memory or time is refused before it does."""
    assert outcome(source, name).startswith("refused")


def test_bomb_in_subject() -> None:
    """The subject is held to the same limits."""
    assert outcome("---\nsubject: \"{{ 'a' * 10**9 }}\"\n---\nx").startswith("refused: a.txt:2")


@pytest.mark.parametrize(
    "body",
    [
        "[" * 60_000,
        "*a " * 20_000,
        "> " * 30_000,
        "- " * 30_000,
        "<" * 60_000,
        "[a](" * 15_000,
        "[a](<" * 12_000,
        "_a*" * 20_000,
        "\\" * 60_000,
        "&" * 60_000,
        "1. " * 20_000,
        "{% for i in range(100) %}" + "[*_" * 800 + "{% endfor %}",
        "{% for i in range(100) %}" + "*a_ " * 600 + "{% endfor %}",
        "{% for i in range(100) %}- a\n" + "{{ i }}<" * 200 + "{% endfor %}",
    ],
    ids=lambda body: str(body)[:5],
)
def test_markdown_bombs(body: str) -> None:
    """Markdown that invites a parser to look back again and again comes to an end."""
    assert outcome(f"x {body}", "a.md")


LONG = "{% set a = ('ab' * 50) * 100 %}{% set b = ('ab' * 50) * 50 ~ 'ac' %}"


@pytest.mark.parametrize(
    "work",
    [
        "{% if b in a %}{% endif %}",
        "{% if b not in a %}{% endif %}",
        "{% if b is in a %}{% endif %}",
        "{{ a | replace(b, '') }}",
        "{{ a | replace(old=b, new='') }}",
        "{{ a.strip(b) }}",
    ],
)
def test_search_is_bounded(work: str) -> None:
    """Looking for a long text in a long text is refused before it is done."""
    assert "the template does too much" in outcome(LONG + work)


@pytest.mark.parametrize(
    "work",
    [
        "{% if a == b %}{% endif %}",
        "{% if a < b %}{% endif %}",
        "{% if a is eq(b) %}{% endif %}",
        "{% if a is ge(b) %}{% endif %}",
        "{% if [a, b] == [b, a] %}{% endif %}",
        "{% if 'y' in [a, b] %}{% endif %}",
        "{% if a.startswith(b) %}{% endif %}",
    ],
)
def test_comparisons_count(work: str) -> None:
    """However often long texts are compared, a run comes to an end."""
    source = "{% set a = 'x' * 100 * 100 %}{% set b = a ~ '' %}"
    loop = "{% for i in range(100) %}" + work * 10 + "{% endfor %}"
    assert "the template does too much" in outcome(source + loop)


def test_comparing_what_a_person_has() -> None:
    """Values below a name count with all that is in them."""
    nested = {"n": {"b": "y" * 900_000, "c": ["z" * 90_000]}, "m": {"b": "y"}}
    template = parse_template("a.txt", "{% if n == m %}{% endif %}" * 9 + "x")
    with pytest.raises(TemplateError, match="does too much"):
        render(template, nested)
