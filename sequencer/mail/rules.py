"""Which words mean what, in all languages together: the rules as one value.

The words stand in files, one for each language; whoever reads a mail is given this value. What
mail systems write in any language (header names, reply codes) is no matter of language and stands
with the code that reads it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from sequencer.mail.folded_text import folded
from sequencer.mail.phrase import Finder, read_phrase
from sequencer.mail.words import tokens_of

SHARE = 0.4  # of the frequent words of the first language that a second one has
FEWEST = 2  # frequent words that tell a language
CODE_VERSION = 2  # one more with every change of what the code makes of the same rules


class Group(StrEnum):
    """What a phrase is a sign of."""

    QUOTE_SEPARATOR = "quote_separator"  # between dashes, above a quoted mail
    QUOTE_FORWARD = "quote_forward"  # the same on a line of its own
    QUOTE_WROTE = "quote_wrote"  # `On ... NAME wrote:`
    SENT_FROM = "sent_from"  # what a telephone puts below
    CLOSING = "closing"  # the formula above the name at the end
    LEGAL_NOTICE = "legal_notice"  # begins what lawyers put below mails
    BOUNCE_SUBJECT = "bounce_subject"
    BOUNCE_SENTENCE = "bounce_sentence"
    BOUNCE_DELAY = "bounce_delay"
    BOUNCE_COPY = "bounce_copy"  # introduces the returned mail
    AUTO_SUBJECT = "auto_subject"  # of machines, followed by a colon or nothing
    AUTO_SUBJECT_WEAK = "auto_subject_weak"  # people write it too
    ABSENCE = "absence"
    ACKNOWLEDGEMENT = "acknowledgement"
    LEFT_COMPANY = "left_company"
    MOVED = "moved"
    LAST_DAY = "last_day"  # in front of the last day away
    FIRST_DAY = "first_day"  # in front of the first day back
    FIRST_DAY_BEHIND = "first_day_behind"  # behind the first day back
    LAST_DAY_BEHIND = "last_day_behind"  # behind the last day away
    SPAN = "span"  # in front of two dates, of which the second is the last day away
    OPT_OUT = "opt_out"
    OPT_OUT_SHORT = "opt_out_short"  # is all that is said
    OPT_OUT_TELLING = "opt_out_telling"  # is enough in a reply of a dozen words
    OPT_OUT_COMPANY = "opt_out_company"  # beside an opt-out: for all of us
    OPT_OUT_AGAINST = "opt_out_against"  # over an opt-out: it is none
    MISTAKE = "mistake"  # beside an opt-out: it was not meant
    CONDITION = "condition"  # begins the small print on how to leave a list
    GRATEFUL = "grateful"  # in front of a condition that is a wish
    CONTACT = "contact"  # beside an address: write there
    CONTACT_AGAINST = "contact_against"  # in front of an address: do not
    WRONG_PERSON = "wrong_person"
    REFERRAL = "referral"
    INTERESTED = "interested"
    NOT_INTERESTED = "not_interested"
    SAYS_NO = "says_no"  # is all that is said
    SAYS_YES = "says_yes"
    MEETING = "meeting_proposal"
    LATER = "later"
    QUESTION = "question"


class Vocabulary(StrEnum):
    """Single words that matter by the place where they stand."""

    NEGATION = "negation"
    PASSED = "passed"  # may stand between a negation and what it negates
    POLITE = "polite"
    OPENER = "opener"  # first word of `On ... wrote:`
    JOIN = "join"  # between the two dates of a span
    TITLE = "title"  # in front of a name
    TOMORROW = "tomorrow"
    BEGIN = "begin"  # of a month
    END = "end"  # of a month
    ARTICLE = "article"  # in front of a day without a month
    NEXT = "next"
    DAY = "day"
    WEEK = "week"
    NUMBER = "number"  # one, two, three ... in order
    GREETING = "greeting"
    COMMON = "common"  # so frequent that they tell the language of a text


class Label(StrEnum):
    """What a label in the header block of a quoted mail stands for."""

    FROM = "from"
    DATE = "date"
    TO = "to"
    COPY = "copy"
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Language:
    """What one file says. Twelve months and seven weekdays, from January and Monday on, or none."""

    code: str
    months: tuple[tuple[str, ...], ...] = ()
    weekdays: tuple[tuple[str, ...], ...] = ()
    words: Mapping[Vocabulary, tuple[str, ...]] = field(default_factory=dict)
    labels: Mapping[Label, tuple[str, ...]] = field(default_factory=dict)
    phrases: Mapping[Group, tuple[str, ...]] = field(default_factory=dict)
    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Rules:
    """All languages; tables are made when they are first asked for."""

    def __init__(self, languages: Iterable[Language], digest: str) -> None:
        self.languages = tuple(languages)
        self.version = f"{CODE_VERSION}-{digest}"
        self._finders: dict[Group, Finder] = {}
        self._texts: dict[Group, tuple[str, ...]] = {}
        self._spaced: dict[tuple[Group, frozenset[str]], tuple[str, ...]] = {}
        self._words: dict[tuple[Vocabulary, str], frozenset[str]] = {}

    def finder(self, group: Group) -> Finder:
        """What looks for the phrases of a group."""
        if group not in self._finders:
            self._finders[group] = Finder(
                read_phrase(each.code, text, each.classes)
                for each in self.languages
                for text in each.phrases.get(group, ())
            )
        return self._finders[group]

    def texts(self, group: Group) -> tuple[str, ...]:
        """Phrases of a group as they were written, case-folded, for search letter by letter."""
        if group not in self._texts:
            every = (text for each in self.languages for text in each.phrases.get(group, ()))
            self._texts[group] = tuple(dict.fromkeys(text.casefold() for text in every))
        return self._texts[group]

    def spaced(self, group: Group, codes: frozenset[str]) -> tuple[str, ...]:
        """Phrases of some languages as words with one space between any two and at both ends."""
        if (group, codes) not in self._spaced:
            texts = (
                text
                for each in self.languages
                if each.code in codes
                for text in each.phrases.get(group, ())
            )
            found = (f" {' '.join(tokens_of(text))} " for text in texts)
            self._spaced[group, codes] = tuple(dict.fromkeys(found))
        return self._spaced[group, codes]

    def languages_in(self, tokens: Iterable[str]) -> frozenset[str]:
        """Languages of a text by their most frequent words; all of them where few are found.

        A mail may be written in two, so every one counts that has a good share.
        """
        counts = Counter(code for token in tokens for code in self._common.get(token, ()))
        most = max(counts.values(), default=0)
        if most < FEWEST:
            return frozenset(each.code for each in self.languages)
        return frozenset(code for code, count in counts.items() if count >= most * SHARE)

    @cached_property
    def _common(self) -> Mapping[str, tuple[str, ...]]:
        """Languages by their frequent words and months, folded."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.languages:
            months = (name for names in each.months for name in names)
            for word in (*each.words.get(Vocabulary.COMMON, ()), *months):
                found[folded(word)] = (*found.get(folded(word), ()), each.code)
        return found

    def words(self, vocabulary: Vocabulary, code: str = "") -> frozenset[str]:
        """Words of a vocabulary, folded; of all languages where none is given."""
        if (vocabulary, code) not in self._words:
            languages = (each for each in self.languages if code in {"", each.code})
            every = (word for each in languages for word in each.words.get(vocabulary, ()))
            self._words[vocabulary, code] = frozenset(
                folded(each).replace("'", "") for each in every
            )
        return self._words[vocabulary, code]

    @cached_property
    def months(self) -> Mapping[str, int]:
        """Number of the month by its name or abbreviation, folded."""
        return self._numbered(each.months for each in self.languages)

    @cached_property
    def weekdays(self) -> Mapping[str, int]:
        """Number of the weekday (Monday is 1) by its name or abbreviation, folded."""
        return self._numbered(each.weekdays for each in self.languages)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Number by its word, folded."""
        every = (each.words.get(Vocabulary.NUMBER, ()) for each in self.languages)
        return self._numbered(tuple((word,) for word in words) for words in every)

    @cached_property
    def labels(self) -> Mapping[str, Label]:
        """Meaning of a label, case-folded."""
        return {
            text.casefold(): label
            for each in self.languages
            for label, texts in each.labels.items()
            for text in texts
        }

    def _numbered(self, tables: Iterable[tuple[tuple[str, ...], ...]]) -> Mapping[str, int]:
        return {
            folded(name): number
            for table in tables
            for number, names in enumerate(table, start=1)
            for name in names
        }
