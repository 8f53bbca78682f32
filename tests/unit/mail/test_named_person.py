import pytest
from foreign_mails import RULES

from sequencer.mail.named_person import NamedPerson, named_people

LEA = "lea.kern@bank.example"
COLLEAGUE = NamedPerson("Wes Cooper", "wes@bank.example")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (f"Please contact Lea Kern ({LEA}).", "Lea Kern"),
        (f"Please contact my colleague Lea Kern, who knows, at {LEA}.", "Lea Kern"),
        (f"Bitte wenden Sie sich an Frau Lea Kern, {LEA}", "Lea Kern"),
        (f"Contact Lea, {LEA}", "Lea"),
        (f"Contact Maria de la Cruz, {LEA}", "Maria de la Cruz"),
        (f"Please contact {LEA}", ""),
        (f"Contact Maria Cruz de {LEA}", "Maria Cruz"),
        (f"Contact {LEA}, and do not call.", ""),
        (f"Do not write to us. Please contact {LEA}", ""),
        (f"{LEA} is in charge.", ""),
    ],
)
def test_name_beside_an_address(text: str, name: str) -> None:
    """The name in front of an address is told with it, without titles."""
    assert named_people(text, RULES) == (NamedPerson(name, LEA),)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("You should talk to Tom Hill about it.", "Tom Hill"),
        ("Tom Hill takes care of that.", "Tom Hill"),
        ("\u62c5\u5f53\u306f\u9234\u6728\u3055\u3093\u3067\u3059\u3002", "\u9234\u6728"),
    ],
)
def test_name_alone(text: str, name: str) -> None:
    """Without an address a name beside the words is enough."""
    assert named_people(text, RULES) == (NamedPerson(name, ""),)


@pytest.mark.parametrize(
    "text", ["", "Hello Tom Hill.", "You should talk to somebody.", "I handle that.", f"See {LEA}"]
)
def test_nobody(text: str) -> None:
    """A name or an address alone names nobody to write to."""
    assert named_people(text, RULES) == ()


def test_copied() -> None:
    """A colleague who got the mail too and is called by name is meant; another is not."""
    assert named_people("Wes, over to you.", RULES, (), (COLLEAGUE,)) == (COLLEAGUE,)
    assert named_people("Over to you.", RULES, (), (COLLEAGUE,)) == ()
    japanese = NamedPerson("\u7530\u4e2d \u7fd4", "s@bank.example")
    text = "\u7530\u4e2d\u3055\u3093\u3001\u304a\u9858\u3044\u3057\u307e\u3059\u3002"
    assert named_people(text, RULES, (), (japanese,)) == (japanese,)


def test_known() -> None:
    """The writer, and whoever was written to, are nobody else."""
    assert named_people(f"Please contact {LEA}.", RULES, (LEA.upper(),)) == ()
