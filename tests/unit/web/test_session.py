"""A session is what we signed, for as long as it lasts, and nothing else."""

from dataclasses import replace
from datetime import timedelta

from builders import NOON
from hypothesis import given
from hypothesis import strategies as st

from sequencer.domain.access import Access, digest_of
from sequencer.web.session import LASTS, is_word_of, new_session, read_session

ANA = Access("ana", "Ana", digest_of("a" * 32))
BEA = Access("bea", "Bea", digest_of("b" * 32))
KEYS = (b"the newest key of the test", b"an older key of the test")
SECOND = timedelta(seconds=1)


def test_a_session() -> None:
    """It is read until it ends, also by a key that is the older one by then."""
    session = new_session(ANA, KEYS, NOON)
    assert read_session(session.cookie, (BEA, ANA), KEYS, NOON) == session
    assert read_session(session.cookie, (ANA,), KEYS, NOON + LASTS - SECOND) == session
    assert read_session(session.cookie, (ANA,), KEYS, NOON + LASTS) is None
    old = new_session(ANA, KEYS[1:], NOON)
    assert read_session(old.cookie, (ANA,), KEYS, NOON) == old
    assert read_session(session.cookie, (ANA,), KEYS[1:], NOON) is None


def test_it_ends_with_its_key() -> None:
    """Whoever gets another key, or none, is signed out."""
    session = new_session(ANA, KEYS, NOON)
    assert read_session(session.cookie, (BEA,), KEYS, NOON) is None
    other = replace(ANA, digest=digest_of("c" * 32))
    assert read_session(session.cookie, (other,), KEYS, NOON) is None
    renamed = replace(BEA, name="ana")
    assert read_session(session.cookie, (renamed,), KEYS, NOON) is None


def test_no_part_of_it_can_be_changed() -> None:
    """Another name, another end, another signature: none of it is ours."""
    cookie = new_session(ANA, KEYS, NOON).cookie
    name, until, mac = cookie.split(".")
    later = f"{int(until) + 1}"
    changed = [f"bea.{until}.{mac}", f"ana.{later}.{mac}", f"ana.0{until}.{mac}", f"{name}{until}"]
    changed += [cookie[:place] + "~" + cookie[place + 1 :] for place in range(len(cookie))]
    for each in changed:
        assert read_session(each, (ANA, BEA), KEYS, NOON) is None


@given(st.text())
def test_no_cookie_by_chance(cookie: str) -> None:
    """Whatever comes as a cookie: what we did not sign is nobody's."""
    assert read_session(cookie, (ANA,), KEYS, NOON) is None


@given(st.text())
def test_the_word_of_its_forms(word: str) -> None:
    """Each session has a word of its own, which is no part of its cookie."""
    session = new_session(ANA, KEYS, NOON)
    assert not is_word_of(session, word)
    assert is_word_of(session, session.word)
    assert not is_word_of(new_session(ANA, KEYS, NOON + SECOND), session.word)
    assert session.word not in session.cookie
