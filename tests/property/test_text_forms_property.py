"""What editors are told of the form of texts, against what the loader takes."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sequencer.files import cadence_values as values
from sequencer.files.audience_keys import ColleagueReply

DAYS = ("mon", "Tue", "WED", "thu", "fri", "sat", "sun", "-", ",", " ", "monday")
TIMES = ("0", "00", "8", "08", "09", "13", "24", "25", ":", ":00", ":30", ":60", "-", "\u2013", " ")
WAITS = ("3", "14", "0", " ", "business_day", "day", "hour", "minute", "s", "week")
NAMES = ("a", "Z", "9", "-", "_", ".", "intro", ".md", ".txt", " ", "é", "/")
REPLIES = ("finish", "ignore", "pause", " ", "  ", "14", "days", "day")
DATES = ("2026", "1999", "-12", "-24", "-2", "-13", " ", "12")
FORMS = {
    "days": (values.Days, DAYS),
    "block": (values.Block, TIMES),
    "clock time": (values.ClockTime, TIMES),
    "wait": (values.Wait, WAITS),
    "date": (values.Date, DATES),
    "slug": (values.Slug, NAMES),
    "name": (values.Name, NAMES),
    "template": (values.TemplateName, NAMES),
    "reply": (ColleagueReply, REPLIES),
}


def takes(kind: TypeAdapter[Any], text: str) -> bool:
    """Whether the loader takes the text."""
    try:
        kind.validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(("form", "tokens"), FORMS.values(), ids=FORMS)
@given(data=st.data())
def test_no_editor_refuses_what_the_loader_takes(
    form: Any, tokens: tuple[str, ...], data: st.DataObject
) -> None:
    """Whatever the loader takes has the form that the schema describes; examples are taken."""
    kind = TypeAdapter(form)
    schema = kind.json_schema()
    parts = st.lists(st.sampled_from(tokens), max_size=9)
    text = "".join(data.draw(parts, label="text"))
    if takes(kind, text):
        assert re.search(schema["pattern"], text, re.ASCII)
        assert len(text) <= schema.get("maxLength", len(text))
    assert all(takes(kind, example) for example in schema.get("examples", ()))
