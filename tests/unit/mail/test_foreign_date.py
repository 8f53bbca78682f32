from datetime import UTC, datetime, timedelta, timezone

import pytest

from sequencer.mail.foreign_date import first_date, read_date


def test_zone_is_kept() -> None:
    """The sender's own day matters, so the zone stays; none stands for UTC."""
    plus = timezone(timedelta(hours=2))
    assert read_date("Mon, 1 Mar 2027 23:30:00 +0200") == datetime(2027, 3, 1, 23, 30, tzinfo=plus)
    assert read_date("Mon, 1 Mar 2027 23:30:00 -0000") == datetime(2027, 3, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "yesterday",
        "Mon, 99 Mar 2027 10:00:00 +0000",
        "Mon, 1 Mar 99999999999 10:00:00 +0000",
        "Wed, 3 Apr 2002 12.34.56.78+0800",
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "1" * 10_000,
        "Mon, 1 Mar 2027 10:00:00 +99999",
    ],
)
def test_no_date(value: str) -> None:
    """What names no instant is None."""
    assert read_date(value) is None


def test_first() -> None:
    """A Date that cannot be read is replaced by the newest Received that can."""
    received = ("from a by b; nonsense", "from a by b; Mon, 1 Mar 2027 10:00:00 +0000")
    expected = datetime(2027, 3, 1, 10, tzinfo=UTC)
    assert first_date(("nonsense",), received) == expected
    assert first_date((), ()) is None
