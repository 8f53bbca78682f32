import pytest

from sequencer.mail.calendar_line import MAX_LINE, MAX_LINES, ContentLine, content_lines


def lines(text: str | bytes, charset: str = "utf-8") -> list[ContentLine]:
    content = text.encode() if isinstance(text, str) else text
    return content_lines(b"BEGIN:VCALENDAR\r\n" + content, charset)[1:]


def test_a_line() -> None:
    """A line has a name, parameters in or without quotes, and a value."""
    (line,) = lines('Attendee;cn="Smith; Zoe: x";RSVP=TRUE;X=a^nb^^c^\'d^e:mailto:zoe@bank.example')
    assert line.name == "ATTENDEE"
    assert line.params == {"CN": "Smith; Zoe: x", "RSVP": "TRUE", "X": 'a\nb^c"d^e'}
    assert line.value == "mailto:zoe@bank.example"


@pytest.mark.parametrize(
    ("written", "value", "params"),
    [
        ("UID", "", {}),
        ("UID;X:1", "1", {"X": ""}),
        ("UID; X = 1 : 2", "2", {"X": "1"}),
        ('UID;X="open:1', "1", {"X": ""}),
        ("UID;X=1;X=2:3", "3", {"X": "1"}),
        ("UID;=:3", "3", {}),
    ],
)
def test_odd_lines(written: str, value: str, params: dict[str, str]) -> None:
    """What no standard knows is read as far as it goes."""
    (line,) = content_lines(written.encode(), "")
    assert (line.value, line.params) == (value, params)


def test_text() -> None:
    """A text is read without its escapes, and no further than is wanted."""
    (line,) = lines("SUMMARY:a\\, b\\; c\\\\ d\\ne\\x\\")
    assert line.text(100) == "a, b; c\\ d\nex\\"
    assert line.text(3) == "a,"


def test_folds() -> None:
    """A fold may stand in a character; tabs fold too, and gateways lose the space."""
    octets = "SUMMARY:Zoë".encode()
    assert lines(octets[:-1] + b"\r\n " + octets[-1:])[0].value == "Zoë"
    assert lines("SUMMARY:Ho\n\tme")[0].value == "Home"
    assert lines("UID:040000\r\n1000=\r\nSEQUENCE:1")[0].value == "0400001000="
    assert lines("UID:1\rSEQUENCE:2")[1].value == "2"


def test_charsets() -> None:
    """Each line is read in its charset; what is no UTF-8 spoils no other line."""
    assert lines("SUMMARY:Zoë".encode("latin-1"), "iso-8859-1")[0].value == "Zoë"
    both = lines("LOCATION:Köln\nSUMMARY:".encode() + "Zoë".encode("latin-1"))
    assert [each.value for each in both] == ["Köln", "Zoë"]
    wide = content_lines("\ufeffBEGIN:VCALENDAR\r\nSUMMARY:Zoë".encode("utf-16"), "utf-16")
    assert [each.value for each in wide] == ["VCALENDAR", "Zoë"]
    assert lines("SUMMARY:a\x00b")[0].value == "a b"


def test_limits() -> None:
    """A line without end, and lines without number, are cut; nothing that is no line is one."""
    long = lines("SUMMARY:" + "é" * MAX_LINE)[0].value
    assert MAX_LINE // 2 - 8 < len(long) < MAX_LINE
    assert len(content_lines(b"A:1\n" * (MAX_LINES + 5), "")) == MAX_LINES
    assert content_lines(b"", "") == []
    assert content_lines(b" :x", "") == []
