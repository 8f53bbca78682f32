import re
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sequencer.files.template import MissingVariableError, Template, parse_template, render

BODY = """---
subject: About {{ company }}
---
Hello {{ name }},

**{{ name }}** of *{{ company }}*: {{ name }}. {{ company }}
{{ company }}

- {{ name }}
- [{{ company }}](https://x.example/{{ name }}?c={{ company | urlencode }})

1. {{ name }}

# {{ company }}

<{{ out }}>
"""
SAME = "The same for everybody, and 100 % of it. " * 4
LONG = parse_template(
    "long.md", f"Hello {{{{ name }}}},\n\n{SAME}\n\n- {{{{ company }}}}\n\n{SAME}\n\nBye."
)
MARKDOWN = parse_template("a.md", BODY)
PLAIN = parse_template("a.txt", "{{ name }}|{{ company }}")
OUT = "https://out.example/u/x_y"

ODD = st.sampled_from("*_`#>-+1.[]()!<>&\"'\\~|:{}% \n\t\u00a0\u200b\u2028\ufdd0\ue000\U00100000")
VALUES = st.text(st.one_of(ODD, st.characters()), min_size=1, max_size=20)


class Tags(HTMLParser):
    """Tags of a page, with the names of their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(" ".join([tag, *(name for name, _ in attrs)]))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")


def tags(template: Template, name: str, company: str) -> list[str]:
    page = Tags()
    page.feed(render(template, {"name": name, "company": company, "out": OUT}).html or "")
    page.close()
    return page.found


EXPECTED = tags(MARKDOWN, "Zoë", "Nordbank")


def shown(value: str) -> bool:
    return any(each.isprintable() and not each.isspace() for each in value)


def fit_for_a_subject(value: str) -> bool:
    return not re.search("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]", value)


@given(VALUES, VALUES)
def test_structure(name: str, company: str) -> None:
    """No value adds, removes or changes a tag, and each is shown as it is."""
    assume(shown(name) and shown(company) and fit_for_a_subject(company))
    assert tags(MARKDOWN, name, company) == EXPECTED
    rendered = render(MARKDOWN, {"name": name, "company": company, "out": OUT})
    assert f"Hello {name},\n\n{name} of {company}: {name}. {company} {company}\n" in rendered.text
    assert f"<p>Hello {escape(name)},</p>" in (rendered.html or "")
    assert f"\n{OUT}" in rendered.text
    assert f'<a href="{OUT}">{OUT}</a>' in (rendered.html or "")


@given(VALUES, VALUES)
def test_blocks(name: str, company: str) -> None:
    """Every other block of a long mail is the same for everybody; no value is in any of these."""
    assume(shown(name) and shown(company))
    rendered = render(LONG, {"name": name, "company": company})
    other = render(LONG, {"name": "Zoë", "company": "Nordbank"})
    assert rendered.text_blocks[::2] == other.text_blocks[::2]
    assert rendered.html_blocks is not None
    assert other.html_blocks is not None
    assert rendered.html_blocks[::2] == other.html_blocks[::2]
    assert [len(block) > len(SAME) for block in other.text_blocks[2::2]] == [True, True]
    assert rendered.text.startswith(f"Hello {name},\n\n{SAME.strip()}\n\n- {company}\n\n")


@given(VALUES, VALUES)
def test_plain(name: str, company: str) -> None:
    """Plain text is the template with its values and nothing else."""
    assume(shown(name) and shown(company))
    rendered = render(PLAIN, {"name": name, "company": company})
    assert rendered.text == f"{name}|{company}".strip("\n") + "\n"


@given(VALUES)
def test_subject(company: str) -> None:
    """A subject is one line that holds every word of the value."""
    assume(shown(company) and fit_for_a_subject(company))
    rendered = render(MARKDOWN, {"name": "Zoë", "company": company, "out": OUT})
    assert rendered.subject == " ".join(["About", *company.split()])


@given(st.text(st.characters(categories=["Zs", "Cc", "Cf"]), max_size=8))
def test_unseen(name: str) -> None:
    """A value that nobody could see counts as missing."""
    with pytest.raises(MissingVariableError):
        render(PLAIN, {"name": name, "company": "Nordbank"})
