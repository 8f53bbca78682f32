import pytest
from steps import grows_linearly

from sequencer.domain.guard import (
    MAX_DEPTH,
    MAX_LENGTH,
    NO_FACTS,
    Facts,
    GuardError,
    holds,
    names_in,
    parse_guard,
)

FACTS = Facts(
    fields={"stage": "customer", "country": "ES", "phone": " ", "size": "10"},
    ends={"first-call": frozenset({"done", "busy"}), "intro": frozenset({"sent"})},
    connected=True,
)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", True),
        ("call.connected", True),
        ("not call.connected", False),
        ("first-call.busy", True),
        ("first-call.done", True),
        ("first-call.skipped", False),
        ("intro.sent", True),
        ("nowhere.sent", False),
        ('stage == "customer"', True),
        ("stage == 'customer'", True),
        ('stage != "customer"', False),
        ('stage == "lead"', False),
        ('missing == ""', True),
        ('missing != "x"', True),
        ("size", True),
        ("phone", False),
        ("missing", False),
        ("not not size", True),
        ("size and missing", False),
        ("size or missing", True),
        ("missing and missing or size", True),
        ("size or missing and missing", True),
        ("(size or missing) and missing", False),
        ("not missing and size", True),
        ("not (missing or size)", False),
        ('not stage == "lead" and country == "ES"', True),
        ("size\n  and\tsize", True),
    ],
)
def test_holds(text: str, wanted: bool) -> None:
    """`not` binds closest, then `and`, then `or`; what is blank or unknown is not there."""
    assert holds(text, FACTS) is wanted


@pytest.mark.parametrize(
    ("text", "at", "words", "hint"),
    [
        ("  ", 0, "a name is expected, not the end", "such as"),
        ("size and", 8, "a name is expected, not the end", "such as"),
        ("and size", 0, "a name is expected, not `and`", "such as"),
        ("size size", 5, "`size` is not expected here", "join two conditions"),
        ("(size", 5, "a parenthesis is not closed", "add `)`"),
        ("size)", 4, "`)` is not expected here", ""),
        ('stage = "x"', 6, "a single `=`", "write `==`"),
        ("stage == x", 9, "a quoted text is expected", "quotes"),
        ("stage ==", 8, "a quoted text is expected", "quotes"),
        ('stage == "x', 9, "the quoted text does not end", "close it"),
        ('"x" == stage', 0, 'a name is expected, not `"x"`', "such as"),
        ("size & size", 5, "`&` means nothing here", "are known"),
        ("a.b.c", 3, "`.` means nothing here", ""),
        ("größe", 2, "`ö` means nothing here", ""),
    ],
)
def test_unreadable(text: str, at: int, words: str, hint: str) -> None:
    """Each mistake has its place, and says what to write instead."""
    with pytest.raises(GuardError) as caught:
        parse_guard(text)
    assert words in str(caught.value)
    assert caught.value.at == at
    assert hint in caught.value.hint


def test_too_long_or_deep() -> None:
    """Neither length nor nesting can exhaust anything."""
    with pytest.raises(GuardError, match="500 characters"):
        parse_guard("a" * (MAX_LENGTH + 1))
    for nested in ("(" * (MAX_DEPTH + 1) + "a", "not " * (MAX_DEPTH + 1) + "a"):
        with pytest.raises(GuardError, match="20 levels"):
            parse_guard(nested)
    parse_guard("not " * (MAX_DEPTH - 1) + "a")


@pytest.mark.parametrize("unit", ["a or ", "a and ", "a.b or ", "not a or ", 'a == "x" or ', "  "])
def test_linear(unit: str) -> None:
    """Twice the text is about twice the work."""

    def read(text: str) -> None:
        try:
            parse_guard(f"{text}a")
        except GuardError:
            return

    assert grows_linearly(read, unit, characters=MAX_LENGTH // 2 - len(unit) - 1)


def test_names_in() -> None:
    """Every name is found in its order, with its place and whether a text stands beside it."""
    guard = parse_guard('not a.b and (c == "x" or d)')
    found = [(name.name, name.at, compared) for name, compared in names_in(guard)]
    assert found == [("a.b", 4, False), ("c", 13, True), ("d", 25, False)]


def test_passing() -> None:
    """A step that lies behind and has not happened was skipped; one that has, was not."""
    passed = FACTS.passing(["intro", "bump"])
    assert holds("bump.skipped and intro.sent and not intro.skipped", passed)
    assert not holds("later.skipped", passed)
    assert not holds("bump.skipped", NO_FACTS)
