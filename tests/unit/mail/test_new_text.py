import pytest
from foreign_mails import RULES
from hypothesis import given
from hypothesis import strategies as st
from steps import grows_linearly

from sequencer.mail.new_text import new_text

WROTE = "On Mon, Mar 1, 2027 at 9:01 AM Rep One <rep@sender.example> wrote:"
LONG = "> " + "x" * 70 + " and"


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.", "Yes."),
        ("", ""),
        ("\n\n Yes. \n\nOr no.\n\n", "Yes.\n\nOr no."),
        (f"Yes.\r\n\r\n{WROTE}\r\n\r\n> Hello\r\n", "Yes."),
        (f"Yes.\n\n{WROTE}\n\nHello\nno more of it", "Yes."),
        (f"{WROTE}\n> Budget?\nYes, 20k.\n> When?\nQ1.", "Yes, 20k.\nQ1."),
        (f"{WROTE}\n\n> Hello\n\nYes.", "Yes."),
        (f"{WROTE}", ""),
        (f"> {WROTE}\n>\n> Hello\n\nYes.", "Yes."),
        (f"Yes.\n\n{WROTE}\n{LONG}\nthe rest of that line.\n> more", "Yes."),
        (f"{LONG}\n\nYes.", "Yes."),
        (f"{LONG}?\nYes.", "Yes."),
        ("> short\nYes.", "Yes."),
        (LONG, ""),
        ("Yes.\n\n-----Original Message-----\nHello", "Yes."),
        (
            "Yes.\n______________________\nFrom: Rep\nSent: x\nTo: y\nSubject: z\n\nHello",
            "Yes.",
        ),
        ("Yes.\n-- \nZoe Smith\nCTO", "Yes."),
        ("Yes.\n\nSent from my iPhone\n\nHello", "Yes."),
        ("Sent from my iPhone\n\nYes.", "Yes."),
        ("-- \nYes.", "Yes."),
    ],
)
def test_new_text(text: str, new: str) -> None:
    """The person's own words stay, in their order; history and signature go."""
    assert new_text(text, RULES) == new


@given(st.text(alphabet="On 2027<@>:.\n wrote-_Frm", max_size=300))
def test_adds_nothing(text: str) -> None:
    """Every line of the new text is a line of the mail."""
    given_lines = {line.strip() for line in text.split("\n")}
    assert {line.strip() for line in new_text(text, RULES).split("\n")} <= given_lines | {""}


HOSTILE = [
    "\n",
    " ",
    "a",
    "On ",
    "On 1\n",
    "On 1 March 2027 <a@b\n",
    "On 1 wrote\n",
    f"{WROTE}\n> x\n",
    "From: x\n",
    "De : a@b\n",
    "-",
    "--\n",
    "\n--\n",
    "\nSent from my\n",
    ">\n",
    "a\n\n",
    f"{LONG}\n{'y' * 70}\n",
    "2027 <a@b ",
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_work_is_linear(unit: str) -> None:
    """Twice the text is about twice the work, whatever it is made of."""
    new_text(unit * 200, RULES)  # folded words are remembered, which is no work of a longer text
    assert grows_linearly(lambda text: new_text(text, RULES), unit)


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text(unit: str) -> None:
    """A quarter of a megabyte of what stops other parsers is read within the time of a test."""
    text = (unit * (262_144 // len(unit) + 1))[:262_144]
    assert len(new_text(text, RULES)) <= len(text)


def test_the_measure_measures() -> None:
    """Work that grows with the square of the text is seen."""
    assert not grows_linearly(
        lambda text: [first.isalpha() for first in text for _ in text], "a", characters=64
    )
