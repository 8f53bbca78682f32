"""A daemon that is fed with spoilt mails; `make hostile` does the same with very many."""

from pathlib import Path

from hostile.run import GOOD_EVERY, measure

SEED = 20_261_123
FEW = GOOD_EVERY // 2 + 30  # enough for one good mail between them


async def test_hostile_mail(tmp_path: Path) -> None:
    """The daemon lives, every mail can be seen, and the good one has its effect."""
    found = await measure(FEW, SEED, tmp_path)
    assert found["exits"] == found["not_seen"] == found["work_failed"] == 0, found
    assert found["without_a_kind"] == 0
    assert found["good"] == 1
