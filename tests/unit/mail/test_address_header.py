import pytest

from sequencer.mail.address_header import address_header, ascii_domain
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Mailbox


@pytest.mark.parametrize(
    ("shown", "written"),
    [
        ("", "ana@b.example"),
        ("  ", "ana@b.example"),
        ("Ana", "Ana <ana@b.example>"),
        (" Ana Ruiz ", "Ana Ruiz <ana@b.example>"),
        ("Ana  Ruiz", "Ana Ruiz <ana@b.example>"),
        ("Ruiz, Ana", '"Ruiz, Ana" <ana@b.example>'),
        ("Ana R.", '"Ana R." <ana@b.example>'),
        ('Ana "A" \\ R', '"Ana \\"A\\" \\\\ R" <ana@b.example>'),
        ("Zoë", "=?utf-8?q?Zo=C3=AB?= <ana@b.example>"),
        ("Ana =?x", "=?utf-8?q?Ana_=3D=3Fx?= <ana@b.example>"),
    ],
)
def test_name(shown: str, written: str) -> None:
    """A name is written as atoms, as a quoted string or encoded, whichever is the least of it."""
    assert address_header("From", Mailbox("ana@b.example", shown)) == f"From: {written}"


def test_long_name() -> None:
    """A name too long for the line is encoded rather than folded inside its quotes."""
    header = address_header("From", Mailbox("ana@b.example", "Ana " * 30))
    assert max(map(len, header.split("\r\n"))) <= 76
    assert header.startswith("From: =?utf-8?q?Ana_Ana")
    assert header.endswith("?= <ana@b.example>")


def test_address_on_its_own_line() -> None:
    """An address that does not fit behind the name stands on the next line, whole."""
    address = f"ana@{'b' * 60}.example"
    header = address_header("From", Mailbox(address, "Ana Ruiz"))
    assert header == f"From: Ana Ruiz\r\n <{address}>"


@pytest.mark.parametrize("char", ["\r", "\n", "\0", "\t", "\x85", "\u202e", "\u2067"])
def test_forbidden_in_a_name(char: str) -> None:
    """A name can neither begin a line nor turn the reading around."""
    with pytest.raises(ComposeError, match=rf"^From: holds U\+{ord(char):04X}"):
        address_header("From", Mailbox("ana@b.example", f"Ana{char}Ruiz"))


@pytest.mark.parametrize(
    "address",
    [
        *("", "ana", "@b.example", "ana@", "a b@c.example", "a..b@c.example", ".a@c.example"),
        *("a@b@c.example", "<a@c.example>", "a,b@c.example", '"a b"@c.example', "a(b)@c.example"),
        *(
            "ana@b..example",
            "ana@-b.example",
            "ana@b_c.example",
            "ana@[192.0.2.1]",
            "ana@b.example.",
        ),
        *("ana@b example", "ana@b.example\r\nBcc: x", "ana\r\nBcc: x@b.example", "ana@b.example\n"),
        *(
            "ana@bü cher.example",
            "ana@bü\u202echer.example",
            "ana@bücher.example ",
            "ana@℀.example",
        ),
        *(f"ana@{'b' * 64}.example", f"ana@{'b.' * 130}example", f"{'a' * 250}@b.example"),
    ],
)
def test_unwritable_address(address: str) -> None:
    """What is no plain address is refused, and the message names the header."""
    with pytest.raises(ComposeError, match=r"^To: ") as caught:
        address_header("To", Mailbox(address))
    assert caught.value.header == "To"


def test_other_domains() -> None:
    """Domains with other than ASCII letters become A-labels, ASCII ones stay as they are given."""
    assert ascii_domain("To", "Bücher.Example") == "xn--bcher-kva.example"
    assert ascii_domain("To", "B-1.Example") == "B-1.Example"


@pytest.mark.parametrize("local", ["josé", "josé.ruiz", "用户"])
def test_local_part_in_utf8(local: str) -> None:
    """Other letters before the @ are refused unless the server is known to take them."""
    mailbox = Mailbox(f"{local}@bücher.example", "José")
    with pytest.raises(ComposeError, match="ASCII"):
        address_header("To", mailbox)
    written = f"To: =?utf-8?q?Jos=C3=A9?= <{local}@xn--bcher-kva.example>"
    assert address_header("To", mailbox, smtputf8=True) == written


@pytest.mark.parametrize("local", ["é\u202e", "é\u00a0b", "é\x85", "é\ud800", "é b", "é..b"])
def test_odd_local_part_in_utf8(local: str) -> None:
    """Spaces, controls and marks of direction stay refused in UTF-8."""
    with pytest.raises(ComposeError, match=r"^To: "):
        address_header("To", Mailbox(f"{local}@b.example"), smtputf8=True)
