"""How many threads one server may hold up."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from sequencer.adapters.imap.share import Share, Shares

WITHIN_S = 10.0


def test_others_go_on() -> None:
    """However much waits for a server that does not answer, there are threads for another one."""
    answer = Event()
    with ThreadPoolExecutor(3) as pool:
        shares = Shares(pool, 2)
        silent, lively = shares.of("silent.example"), shares.of("lively.example")
        assert shares.of("silent.example") is silent
        stuck = [silent.submit(answer.wait, WITHIN_S) for _ in range(6)]
        assert lively.submit(int, "7").result(WITHIN_S) == 7
        assert not any(each.done() for each in stuck)
        answer.set()
        assert [each.result(WITHIN_S) for each in stuck] == [True] * 6


def test_errors_and_ends() -> None:
    """Work that fails, or that nobody wants any more, makes way for what follows."""
    answer = Event()
    with ThreadPoolExecutor(1) as pool:
        share = Share(pool, 1)
        first = share.submit(answer.wait, WITHIN_S)
        failed, dropped, last = share.submit(int, "x"), share.submit(int, "1"), share.submit(int)
        assert dropped.cancel()
        answer.set()
        assert first.result(WITHIN_S)
        with pytest.raises(ValueError, match="invalid literal"):
            failed.result(WITHIN_S)
        assert last.result(WITHIN_S) == 0
