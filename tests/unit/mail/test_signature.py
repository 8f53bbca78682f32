import pytest
from foreign_mails import RULES

from sequencer.mail.signature import MAX_BELOW, without_signature

YES = "Yes, call me."


def kept(text: str, writer: str = "Zoe Smith") -> str:
    return "\n".join(without_signature(text.split("\n"), RULES, writer)).strip()


@pytest.mark.parametrize(
    ("text", "new"),
    [
        (YES, YES),
        (f"{YES}\n\nKind regards,\nZoe\n\nProspect Ltd\n555-0100", f"{YES}\n\nKind regards,\nZoe"),
        (f"{YES}\n\nKind regards\n\nZoe Smith\nHead of X", f"{YES}\n\nKind regards\n\nZoe Smith"),
        (f"{YES}\n\nKind regards\nTel. 555-0100", f"{YES}\n\nKind regards"),
        (f"{YES}\n\nKind regards", f"{YES}\n\nKind regards"),
        (f"{YES}\n\nZoe\n\nProspect Ltd", f"{YES}\n\nZoe"),
        (f"{YES}\n\nZoe", f"{YES}\n\nZoe"),
        (f"Zoe\n\n{YES}", f"Zoe\n\n{YES}"),
        ("Thanks!\n\nWhat is it?\n\nAnd when?", "Thanks!\n\nWhat is it?\n\nAnd when?"),
        (f"{YES}\n\nBob\n\nwill call you", f"{YES}\n\nBob\n\nwill call you"),
        (f"{YES}\n\u2501\u2501\u2501\u2501\u2501\nProspect Ltd", YES),
        (f"-----\n{YES}", f"-----\n{YES}"),
        (
            f"{YES}\n\nMit freundlichen Gr\u00fc\u00dfen\nZoe\n\nWerk 3",
            f"{YES}\n\nMit freundlichen Gr\u00fc\u00dfen\nZoe",
        ),
        (f"{YES}\n\nThis e-mail and its attachments are confidential.", YES),
        (
            "This e-mail and its attachments are confidential.",
            "This e-mail and its attachments are confidential.",
        ),
        (
            f"{YES}\nThis e-mail is intended as an answer.",
            f"{YES}\nThis e-mail is intended as an answer.",
        ),
        (
            "Thanks for all that you wrote to us about it, it helps.\nZoe",
            "Thanks for all that you wrote to us about it, it helps.\nZoe",
        ),
    ],
)
def test_signature(text: str, new: str) -> None:
    """What follows the formula and the name, or the name alone, is a signature."""
    assert kept(text) == new


def test_long_text_is_no_signature() -> None:
    """What is longer than any signature stays, whatever stands above it."""
    below = "\n".join(["a line of the answer"] * (MAX_BELOW + 2))
    assert kept(f"Thanks\n{below}").endswith(below)
