"""No message can end early, or smuggle in a second one, whatever it consists of."""

import re

from hypothesis import given
from hypothesis import strategies as st

from sequencer.adapters.smtp.wire import normalised, stuffed

PIECES = st.sampled_from([b"\r\n", b"\n", b".", b"..", b"\r\n.\r\n", b"\n.\n", b"a", b"MAIL FROM:"])


@given(
    st.lists(PIECES, max_size=30)
    .map(b"".join)
    .filter(lambda data: not re.search(rb"\r(?!\n)", data))
)
def test_stuffing(data: bytes) -> None:
    """Nothing ends a message but what is written after it, and a receiver gets it back whole."""
    lines = normalised(data)
    wire = stuffed(lines)
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", wire)
    assert b"\r\n.\r\n" not in b"\r\n" + wire
    assert re.sub(rb"(?m)^\.", b"", wire) == lines
    assert lines.endswith(b"\r\n")
    assert lines.replace(b"\r\n", b"\n").rstrip(b"\n") == data.replace(b"\r\n", b"\n").rstrip(b"\n")
