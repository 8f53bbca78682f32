"""Every tool's deliveries: who may post them, and what hostile ones do."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from booking_series import SECRET, SERIES, post
from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from sequencer.adapters.booking.fields import MAX_BODY
from sequencer.adapters.booking.registry import TOOLS
from sequencer.domain.booking import BookingEvent, DeliveryError
from sequencer.domain.post import Post, Secrets

NAMES = sorted(TOOLS)
TIMED = {"calendly": 180, "hubspot": 300, "zoom": 300, "generic": 300}
UNSIGNED = {"chilipiper"}
URL = "https://go.seller.example/hooks/x"
BODY = b'{"a": 1}'


def agreed(name: str, *secrets: str) -> Secrets:
    return Secrets((), secrets) if name in UNSIGNED else Secrets(secrets)


def is_good(name: str, request: Post, *secrets: str, now: datetime = NOON) -> bool:
    return TOOLS[name].verify(agreed(name, *(secrets or (SECRET,))), request, now)


@pytest.mark.parametrize("name", NAMES)
def test_a_good_one(name: str) -> None:
    """What the tool posts is taken, under any of the secrets while they change."""
    request = post(name, BODY, NOON, URL)
    assert is_good(name, request)
    assert is_good(name, request, "a new one", SECRET)
    assert is_good(name, request, SECRET, "an old one")


@pytest.mark.parametrize("name", NAMES)
def test_a_bad_one(name: str) -> None:
    """Another secret, none, or an empty one takes nothing."""
    request = post(name, BODY, NOON, URL)
    assert not is_good(name, request, "another")
    assert not TOOLS[name].verify(Secrets(), request, NOON)
    assert not is_good(name, post(name, BODY, NOON, URL, secret=""), "")
    assert not is_good(name, Post(BODY, {}, URL))
    assert not is_good(name, Post(BODY, {}, URL, secret=f"{SECRET}x"))


@pytest.mark.parametrize("name", sorted(set(NAMES) - UNSIGNED))
def test_the_raw_body_counts(name: str) -> None:
    """The same JSON written differently is not what was signed."""
    request = replace(post(name, BODY, NOON, URL), body=b'{"a":1}')
    assert not is_good(name, request)


@pytest.mark.parametrize("name", sorted(set(NAMES) - UNSIGNED))
@given(header=st.text(max_size=80))
def test_any_header(name: str, header: str) -> None:
    """No header raises, and none that is made up is taken."""
    request = post(name, BODY, NOON, URL)
    for each in request.headers:
        assert not is_good(name, replace(request, headers={**request.headers, each: header}))


@pytest.mark.parametrize("name", sorted(TIMED))
@pytest.mark.parametrize(("beyond_s", "good"), [(0, True), (1, False)])
def test_a_stale_one(name: str, beyond_s: int, *, good: bool) -> None:
    """Where the time is signed, a delivery holds for some minutes to both sides."""
    request = post(name, BODY, NOON, URL)
    for way in (1, -1):
        now = NOON + way * timedelta(seconds=TIMED[name] + beyond_s)
        assert is_good(name, request, now=now) is good


@pytest.mark.parametrize("name", ["calcom", "savvycal", "zcal"])
def test_a_secret_in_the_address(name: str) -> None:
    """Where a tool need not sign, a secret in the address does, unless there is a key to sign."""
    tool, unsigned = TOOLS[name], Post(BODY, {}, URL, secret=SECRET)
    assert tool.verify(Secrets(in_url=("old one", SECRET)), unsigned, NOON)
    assert not tool.verify(Secrets(in_url=("old one",)), unsigned, NOON)
    assert not tool.verify(Secrets(("key",), (SECRET,)), unsigned, NOON)
    assert tool.verify(Secrets((SECRET,), ("x",)), post(name, BODY, NOON, URL), NOON)


@pytest.mark.parametrize("name", ["calendly", "generic", "hubspot", "zoom"])
def test_no_secret_in_the_address(name: str) -> None:
    """A tool that always signs is not believed because of its address."""
    unsigned = Post(BODY, {}, URL, secret=SECRET)
    assert not TOOLS[name].verify(Secrets((), (SECRET,)), unsigned, NOON)


def test_secrets_are_not_shown() -> None:
    """Neither what was agreed nor what was posted tells a secret by accident."""
    shown = repr([Secrets((SECRET,), (SECRET,)), Post(BODY, {"x": SECRET}, f"/{SECRET}", SECRET)])
    assert SECRET not in shown


HOSTILE = [
    b"",
    b"\xff\xfe\x00",
    b"null",
    b"[]",
    b"{}",
    b"[1, 2]",
    b'"text"',
    b"{" * 5_000,
    b"[" * 10_000 + b"]" * 10_000,
    b'{"event":' + b"9" * 5_000 + b"}",
    b'{"a":' * 10_000,
    b" " * (MAX_BODY + 1),
    b'{"event":"x' + b"x" * MAX_BODY + b'"}',
    b"=" * 1_000,
    b'"' + b'\\"' * 100_000,
    b'"' + b'\\"' * 100_000 + b"\\",
    b"&" * 1_000 + b"a=b",
    b"[" + b'{"eventId":1},' * 200 + b"{}]",
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", NAMES)
def test_hostile_bodies(name: str, body: bytes) -> None:
    """What is no delivery is refused with a sentence, and answered as any other."""
    with pytest.raises(DeliveryError, match=r"."):
        TOOLS[name].read(body)
    request = post(name, body, NOON, URL)
    assert TOOLS[name].answer(agreed(name, SECRET), request) is None


ODD: tuple[object, ...] = (
    None,
    True,
    -1,
    10**40,
    1.5e300,
    "",
    "x" * 5_000,
    "\ud800\x00",
    [],
    [[]],
    {},
    [{}],
    "2027-99",
)


def spoiled(value: object, path: list[int], odd: object) -> object:
    """The value with something odd at the end of a path through it."""
    if not path or not isinstance(value, dict | list) or not value:
        return odd
    step, *rest = path
    if isinstance(value, list):
        place = step % len(value)
        return [spoiled(each, rest, odd) if at == place else each for at, each in enumerate(value)]
    name = sorted(value)[step % len(value)]
    return {key: spoiled(each, rest, odd) if key == name else each for key, each in value.items()}


@given(st.data())
def test_odd_members(data: st.DataObject) -> None:
    """Whatever stands anywhere in a delivery, it is read or refused, and fits any database."""
    series = data.draw(st.sampled_from(SERIES))
    value = json.loads(data.draw(st.sampled_from(series.bodies)))
    path = data.draw(st.lists(st.integers(0, 12), max_size=5))
    body = json.dumps(spoiled(value, path, data.draw(st.sampled_from(ODD)))).encode()
    try:
        events = TOOLS[series.source].read(body)
    except DeliveryError:
        return
    assert events
    for event in events:
        check(event)


def check(event: BookingEvent) -> None:
    texts = [each for each in vars_of(event) if isinstance(each, str)]
    texts += [*event.guests, *event.hosts]
    assert all(len(text) <= 1_000 and "\x00" not in text for text in texts)
    assert all(text.encode() for text in texts if text)
    instants = [each for each in vars_of(event) if isinstance(each, datetime)]
    assert all(each.tzinfo is UTC for each in instants)
    assert len(event.delivery_key) <= 128


def vars_of(event: BookingEvent) -> list[object]:
    return [getattr(event, name) for name in BookingEvent.__slots__]
