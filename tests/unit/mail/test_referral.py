import pytest
from foreign_mails import RULES

from sequencer.mail.named_person import LOOKED_AT, named_people
from sequencer.mail.referral import MOST, referred_addresses

OURS = ["ana@seller.example", "rep@gmail.com"]
KNOWN = ["Zoe <zoe@bank.example>", "zoe@bank.example", "not an address"]
LEA = "lea@bank.example"


def found(text: str) -> tuple[str, ...]:
    return referred_addresses(named_people(text, RULES), OURS, KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        f"Please write to {LEA}.",
        f"Please contact my colleague Lea ({LEA}), thanks",
        f"I am not the right person.\nTry <{LEA}> instead",
        f"Lea takes care of this: {LEA}",
        f"{LEA} is responsible for that.",
        f"Reach out to\n{LEA}",
        f"Bitte wenden Sie sich an {LEA}.",
        f"Zuständig ist Frau Lea: {LEA}",
        f"Por favor escriba a {LEA}",
        f"La persona indicada es Lea, {LEA}",
        f"Merci de contacter {LEA}",
        f"Vous pouvez écrire à {LEA}",
        f"Si prega di scrivere a {LEA}",
        f"Por favor contacte {LEA}",
        f"Neem contact op met {LEA}",
        f"I've copied {LEA} who handles this",
        f"mailto:{LEA} is in charge",
    ],
)
def test_named(text: str) -> None:
    """Whoever is to be written to is found, whatever stands around the address."""
    assert found(text) == (LEA,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Please write to Lea.",
        f"Best regards\nLea\n{LEA}",
        f"Please do not contact {LEA}.",
        f"Don't write to {LEA} again",
        f"Remove {LEA} from your list, contact nobody here",
        f"Bitte nicht mehr kontaktieren: {LEA}",
        "Please write to zoe@bank.example",
        "Please write to ZOE@Bank.Example",
        "Please write to ana@seller.example",
        "Please write to sales@seller.example",
        "Please write to lea@gmail.com",
        "Please contact no-reply@bank.example",
        "Please contact noreply@bank.example",
        "Please contact postmaster@bank.example",
        "contact a@b",
        "contact @bank.example or lea@",
        "contact lea@bank.example@evil.example",
        "contact lea@@bank.example",
    ],
)
def test_not_named(text: str) -> None:
    """Nobody who is known, ours, a machine, free mail, unwanted, or merely in a signature."""
    assert found(text) == ()


def test_a_paragraph_counts_by_itself() -> None:
    """A word in another paragraph makes no referral of an address."""
    assert found(f"Please contact us.\n\n{LEA}") == ()


def test_each_once_in_order() -> None:
    """Several people are all named, each once, whatever the spelling."""
    text = f"Contact b@x.example, {LEA} or {LEA.upper()}"
    assert found(text) == ("b@x.example", LEA)


def test_a_list_is_no_referral() -> None:
    """More than a few addresses are a list."""
    many = ", ".join(f"p{number}@x{number}.example" for number in range(MOST + 1))
    assert found(f"Contact {many}") == ()


def test_only_the_beginning_is_read() -> None:
    """What stands far down in a long mail is not looked for."""
    assert found("x " * (LOOKED_AT // 2) + f"contact {LEA}") == ()


@pytest.mark.parametrize(
    "text",
    [
        "contact " + "a" * 200_000,
        "contact " + "a@" * 100_000,
        "contact " + "a." * 100_000 + "@b.example",
        "contact " + "@" * 100_000,
        "contact x@" + "a-." * 60_000,
        "\n \n" * 60_000,
        "contact \x00\ud800@bank.example \u202elea@bank.example",
        "contact lea@bank.example" * 5_000,
        "do not " * 50_000 + LEA,
    ],
)
def test_hostile(text: str) -> None:
    """Whatever comes in, the answer is short and comes at once."""
    assert len(found(text)) <= MOST
