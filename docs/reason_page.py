"""The page of codes: what each means, what to do about it, whether time alone ends it."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from docs.markdown import page, table
from sequencer.domain.advice import ADVICE
from sequencer.domain.enrollment import REOPENABLE, FinishReason
from sequencer.domain.meaning import ENDS, ENTRIES, HEALTHS, PAUSES, Meaning
from sequencer.domain.reason import SENTENCES
from sequencer.files.row_code import ROW_MEANINGS

T = TypeVar("T", bound=str)

HEADINGS = ("code", "what it means", "what to do", "time heals it")


def reasons() -> str:
    """Every code that a person may be shown, with its sentence and its advice."""
    gate = (
        (reason, sentence, ADVICE[reason].what, ADVICE[reason].heals)
        for reason, sentence in SENTENCES.items()
    )
    rows = ((code, sentence, what, False) for code, (sentence, what) in ROW_MEANINGS.items())
    return page(
        "Reasons",
        "The codes are stable: they are printed, stored and may be matched by scripts. Where time "
        "heals a reason, `sequencer why` names the instant.",
        "## What the gate may say",
        "Asked when somebody is enrolled, and again right before each mail. Some codes carry what "
        "they are about: `missing_variable:company`, `paused:review`.",
        rows_of(gate),
        "## Why an enrollment is paused",
        meanings(PAUSES),
        "## Why an enrollment has finished",
        "An enrollment has at most one of these. `sequencer reopen` takes back "
        + ", ".join(f"`{reason}`" for reason in FinishReason if reason in REOPENABLE)
        + ".",
        meanings(ENDS),
        "## What the ledger tells",
        "The words of `sequencer log`.",
        meanings(ENTRIES),
        "## How a mailbox is",
        "The words of `sequencer status`.",
        meanings(HEALTHS),
        "## Why a row of a CSV file is refused",
        "Refused rows are written to a file of their own beside the file, to be corrected and "
        "imported again.",
        rows_of(rows),
    )


def meanings(told: Mapping[T, Meaning]) -> str:
    """Table of codes with their meanings."""
    return rows_of((code, *meaning) for code, meaning in told.items())


def rows_of(rows: Iterable[tuple[str, str, str, bool]]) -> str:
    """Table of codes, sentences, advice, and whether time heals."""
    return table(
        HEADINGS,
        (
            (f"`{code}`", sentence, what, "yes" if heals else "")
            for code, sentence, what, heals in rows
        ),
    )
