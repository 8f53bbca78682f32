"""Which rules would have made people's decisions? Snippets for language files, to be edited.

Nothing is learned by itself: one odd mail would be enough to silence, or to mail, many others.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sequencer.domain.triage import KIND_OF, Decision
from sequencer.engine.triage_list import evidence_in
from sequencer.engine.triage_mail import read_anew
from sequencer.files.language_rules import load_rules
from sequencer.mail.evidence import Evidence
from sequencer.mail.rules import Group
from sequencer.mail.words import STOP, tokens_of
from sequencer.store import kept_mail, triage_list
from sequencer.store.database import Connection
from sequencer.store.triage_list import MatterRow

MOST: Final = 1_000  # decisions, the newest
MOST_TEXT: Final = 20_000  # characters of a mail that are looked at
MOST_SENTENCE: Final = 300
MOST_WORDS: Final = 8  # of a phrase that is proposed; who edits it takes fewer
ENDS: Final = ".!?\n\u3002\uff01\uff1f"
ENGLISH: Final = "en"
UNSPACED: Final = frozenset({"ja"})
_GROUPS: Final = {
    Decision.ABSENCE: Group.ABSENCE,
    Decision.OPT_OUT: Group.OPT_OUT,
    Decision.COMPANY_OPT_OUT: Group.OPT_OUT_COMPANY,
    Decision.BOUNCE: Group.BOUNCE_SENTENCE,
    Decision.MEETING: Group.MEETING,
}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that a decision speaks for.

    Attributes:
        number: of the matter.
        group: of the rules that it would belong to, in the file of the language.
        wanted: whether the sentence should be found by the rule; else it should not have been.
        snippet: the rule as YAML.
    """

    number: int
    verdict: str
    decision: str
    decided_by: str
    language: str
    group: str
    wanted: bool
    phrase: str
    sentence: str
    snippet: str


def suggestions(connection: Connection) -> list[Suggestion]:
    """What speaks for another rule, the newest decision first."""
    return [
        each
        for row in triage_list.decided(connection, MOST)
        for each in _suggested(connection, row)
    ]


def _suggested(connection: Connection, row: MatterRow) -> Iterator[Suggestion]:
    verdict, decision = row.verdict or {}, Decision(row.decision)
    whole = decision is Decision.COMPANY_OPT_OUT and verdict.get("scope") != "company"
    if KIND_OF.get(decision, verdict.get("kind")) == verdict.get("kind") and not whole:
        return
    text = _text(connection, row)
    sentences = sentences_in(text)
    for evidence in evidence_in(verdict):
        if evidence.rule and not whole:
            yield _against(row, evidence, text, sentences)
    group = _GROUPS.get(decision)
    if group is not None and sentences:
        language = language_of(text)
        sentence = _telling(sentences, language, group)
        between = "" if language in UNSPACED else " "
        phrase = between.join(_words(sentence)[:MOST_WORDS])
        if phrase:
            yield _made(row, language, group, phrase, sentence, wanted=True)


def _text(connection: Connection, row: MatterRow) -> str:
    """What was written; the first words of it, where the bytes are gone."""
    mail = kept_mail.find(connection, row.inbound_id or 0)
    found = read_anew(mail) if mail is not None else None
    kept = (row.verdict or {}).get("new_text")
    text = found.new_text if found is not None else str(kept or "")
    return text[:MOST_TEXT]


def _against(row: MatterRow, evidence: Evidence, text: str, sentences: Sequence[str]) -> Suggestion:
    """The rule that spoke up, and the sentence that it should not know."""
    place, _, phrase = evidence.rule.partition(": ")
    language, _, group = place.partition("/")
    around = [each for each in sentences if evidence.words in each] or list(sentences)
    sentence = around[0] if evidence.where == "text" and around else evidence.words
    return _made(row, language, Group(group), phrase, _line(sentence or text), wanted=False)


def _made(
    row: MatterRow, language: str, group: Group, phrase: str, sentence: str, *, wanted: bool
) -> Suggestion:
    verdict = str((row.verdict or {}).get("kind", ""))
    on = f" on {row.decided_at:%Y-%m-%d}" if row.decided_at else ""
    lines = (
        f"# {language}.yaml, from matter {row.number}: taken for {verdict};",
        f"# {_line(row.decided_by)} decided {row.decision}{on}.",
        *(() if wanted else ("# To the rule that has this phrase add what it must not find.",)),
        "rules:",
        f"  {group}:",
        "    - phrases: |",
        f"        {phrase}",
        f"      {'yes' if wanted else 'no'}: |",
        f"        {sentence}",
    )
    return Suggestion(
        number=row.number,
        verdict=verdict,
        decision=row.decision,
        decided_by=row.decided_by,
        language=language,
        group=str(group),
        wanted=wanted,
        phrase=phrase,
        sentence=sentence,
        snippet="\n".join(lines),
    )


def sentences_in(text: str) -> list[str]:
    """The sentences of a text, each on one line and of a bounded length."""
    found, begin = list[str](), 0
    for at, letter in enumerate(f"{text}\n"):
        if letter in ENDS:
            if sentence := _line(text[begin : at + 1]):
                found.append(sentence)
            begin = at + 1
    return found


def _line(text: str) -> str:
    """The text on one line, without what no file of rules can hold."""
    plain = "".join(each if each.isprintable() else " " for each in text[: 2 * MOST_SENTENCE])
    return " ".join(plain.split())[:MOST_SENTENCE].rstrip()


def _words(text: str) -> list[str]:
    return [each for each in tokens_of(text) if each != STOP and each.isalnum()]


def _telling(sentences: Sequence[str], language: str, group: Group) -> str:
    """The sentence with the most words of the rules that are there; of equals the first."""
    known = _group_words(language, group)
    return max(sentences, key=lambda each: len(known & set(_words(each))))


@lru_cache(maxsize=256)
def _group_words(language: str, group: Group) -> frozenset[str]:
    every = (each for each in load_rules().languages if each.code == language)
    return frozenset(
        word for each in every for text in each.phrases.get(group, ()) for word in _words(text)
    )


def language_of(text: str) -> str:
    """The language whose rules know most of the words; one that few languages have says more."""
    known = _language_words()
    scores = dict.fromkeys(known, 0.0)
    for word in set(_words(text)):
        knowing = [code for code, words in known.items() if word in words]
        for code in knowing:
            scores[code] += 1 / len(knowing)
    best = max(scores, key=lambda code: (scores[code], code == ENGLISH), default=ENGLISH)
    return best if scores.get(best) else ENGLISH


@lru_cache(maxsize=1)
def _language_words() -> dict[str, frozenset[str]]:
    """All words that the rules of each language hold."""
    return {
        each.code: frozenset(
            word
            for texts in (*each.phrases.values(), *each.words.values())
            for text in texts
            for word in _words(text)
        )
        for each in load_rules().languages
    }
