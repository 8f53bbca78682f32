from hypothesis import given
from hypothesis import strategies as st

from sequencer.mail.message_id import is_message_id
from sequencer.mail.thread import base_subject, references_after, reply_subject

PIECES = st.sampled_from(
    [
        *(
            "Re:",
            "RE: ",
            "Aw :",
            "Fwd:",
            "[Fwd: ",
            "]",
            "(fwd)",
            "[Acme]",
            "[EXT]",
            "[",
            "***SPAM***",
        ),
        *(
            "Rép:",
            "回复\uff1a",
            "R[2]:",
            " ",
            "  ",
            "\t",
            "Offer",
            "e\u0301",
            "Refund",
            "(External)",
        ),
    ]
)
SUBJECTS = st.lists(PIECES | st.text(max_size=3), max_size=10).map("".join)
IDS = st.integers(0, 40).map("<{}@x.example>".format)


@given(SUBJECTS)
def test_answer_to_an_answer(subject: str) -> None:
    """However often a mail is answered, there is one `Re:` and the same subject behind it."""
    once = reply_subject(subject)
    assert once.startswith("Re:")
    assert reply_subject(once) == once


@given(SUBJECTS)
def test_base_of_an_answer(subject: str) -> None:
    """An answer has the base of the mail it answers, which is how the two are matched."""
    assert base_subject(reply_subject(subject)) == base_subject(subject)


@given(st.lists(IDS | st.text(max_size=5)), IDS, st.integers(2, 25))
def test_references(parents: list[str], parent: str, limit: int) -> None:
    """References are ids, each once, the thread's first and the parent among them, within limit."""
    kept = references_after(parents, parent, limit)
    assert all(map(is_message_id, kept))
    assert len(kept) == len(set(kept)) <= limit
    assert kept[-1] == parent
    others = [each for each in parents if is_message_id(each) and each != parent]
    assert kept[0] == (others[0] if others else parent)
