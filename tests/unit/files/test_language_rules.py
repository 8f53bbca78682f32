from collections.abc import Callable
from datetime import date

import pytest
from foreign_mails import RULES, an_incoming

from sequencer.files.language_file import LanguageFile, Rule, read_language
from sequencer.files.language_rules import FOLDER, MADE, load_rules, rule_files, rules_as_json
from sequencer.files.problem import ConfigError
from sequencer.mail.auto_reply import read_auto_reply
from sequencer.mail.opt_out import is_negated, read_opt_out
from sequencer.mail.phrase import Finder, read_phrase
from sequencer.mail.quote_line import attribution_lines, begins_history, is_sent_from
from sequencer.mail.return_date import return_date
from sequencer.mail.rules import Group, Label, Vocabulary
from sequencer.mail.signature import without_signature
from sequencer.mail.words import words_in

SENT_ON = date(2027, 3, 1)
LANGUAGES = ("en", "es", "fr", "de", "pt", "it", "nl", "sv", "pl", "ja")
OTHER = "other"
DATES = {
    Group.LAST_DAY,
    Group.FIRST_DAY,
    Group.FIRST_DAY_BEHIND,
    Group.LAST_DAY_BEHIND,
    Group.SPAN,
}
FILES: dict[str, LanguageFile] = {
    path.stem: read_language(path.stem, path.read_text("utf-8")) for path in FOLDER.glob("*.yaml")
}


def has_text(group: Group, line: str) -> bool:
    return any(text in line.casefold() for text in RULES.texts(group))


def is_titled(line: str) -> bool:
    return read_auto_reply(an_incoming(f"Subject: {line}"), "", RULES) is not None


def is_titled_weakly(line: str) -> bool:
    incoming = an_incoming(f"Subject: {line}", "Return-Path: <>")
    return read_auto_reply(incoming, "", RULES) is not None


def is_opt_out(line: str) -> bool:
    return read_opt_out(line, "Re: x", RULES) is not None


def is_closing(line: str) -> bool:
    return without_signature(["Yes.", "", line, "Zoe", "", "Tel. 1"], RULES, "")[-1] == "Zoe"


def is_notice(line: str) -> bool:
    return without_signature(["Yes.", "", line], RULES, "") == ["Yes.", ""]


def is_against(line: str) -> bool:
    return RULES.finder(Group.OPT_OUT_AGAINST).first(words_in(line)) is not None


def is_mistake(line: str) -> bool:
    return RULES.finder(Group.MISTAKE).first(words_in(line)) is not None


LOOKS: dict[Group, Callable[[str], bool]] = {
    Group.QUOTE_SEPARATOR: lambda line: begins_history([line], 0, RULES),
    Group.QUOTE_FORWARD: lambda line: begins_history([line], 0, RULES),
    Group.QUOTE_WROTE: lambda line: attribution_lines([line], 0, RULES) == 1,
    Group.SENT_FROM: lambda line: is_sent_from(line, RULES),
    Group.BOUNCE_SUBJECT: lambda line: has_text(Group.BOUNCE_SUBJECT, line),
    Group.BOUNCE_SENTENCE: lambda line: has_text(Group.BOUNCE_SENTENCE, line),
    Group.BOUNCE_DELAY: lambda line: has_text(Group.BOUNCE_DELAY, line),
    Group.BOUNCE_COPY: lambda line: has_text(Group.BOUNCE_COPY, line),
    Group.AUTO_SUBJECT: is_titled,
    Group.AUTO_SUBJECT_WEAK: is_titled_weakly,
    Group.CLOSING: is_closing,
    Group.LEGAL_NOTICE: is_notice,
    Group.MISTAKE: is_mistake,
    Group.OPT_OUT_AGAINST: is_against,
    Group.OPT_OUT: is_opt_out,
    Group.OPT_OUT_SHORT: is_opt_out,
    Group.OPT_OUT_TELLING: is_opt_out,
}


def found(code: str, rule: Rule, line: str) -> bool:
    """Whether a phrase of the rule is in the line, and nothing negates it."""
    words = words_in(line)
    classes = FILES[code].language.classes
    hits = Finder(read_phrase(code, text, classes) for text in rule.phrases).find(words)
    return any(not is_negated(words, hit, RULES) for hit in hits)


def sentences(part: str) -> list[tuple[str, Rule, str]]:
    return [
        (code, rule, line)
        for code, file in sorted(FILES.items())
        for rule in file.rules
        for line in (rule.yes if part == "yes" else rule.no)
    ]


def named(sentence: tuple[str, Rule, str]) -> str:
    code, rule, line = sentence
    return f"{code}-{rule.group}-{line}"


@pytest.mark.parametrize("sentence", sentences("yes"), ids=named)
def test_yes(sentence: tuple[str, Rule, str]) -> None:
    """What a rule says of itself that it knows, it knows."""
    code, rule, line = sentence
    if rule.group in DATES:
        text, _, expected = line.rpartition(" = ")
        returns = return_date(text, SENT_ON, RULES)
        assert returns is not None
        assert returns.return_on == date.fromisoformat(expected)
    elif rule.group in LOOKS:
        assert LOOKS[rule.group](line)
    else:
        assert found(code, rule, line)


@pytest.mark.parametrize("sentence", sentences("no"), ids=named)
def test_no(sentence: tuple[str, Rule, str]) -> None:
    """What a rule says of itself that it must not take for its own, it does not."""
    code, rule, line = sentence
    if rule.group in DATES:
        assert return_date(line, SENT_ON, RULES) is None
    elif rule.group in LOOKS:
        assert not LOOKS[rule.group](line)
    else:
        assert not found(code, rule, line)


@pytest.mark.parametrize("code", LANGUAGES)
def test_whole_languages(code: str) -> None:
    """Each language has rules for everything that is looked for."""
    file = FILES[code]
    wanted = set(Group) - DATES
    wanted -= {Group.OPT_OUT_TELLING} if code == "ja" else set()
    assert wanted <= {rule.group for rule in file.rules}
    assert DATES & {rule.group for rule in file.rules}
    assert set(file.language.labels) == set(Label)
    assert len(file.language.months) in {0, 12}
    assert len(file.language.weekdays) == 7
    assert Vocabulary.COMMON in file.language.words


def test_all_files() -> None:
    """The ten languages, what mail systems say in others, and one digest of them all."""
    assert set(FILES) == {*LANGUAGES, OTHER}
    assert {each.code for each in RULES.languages} == set(FILES)
    assert RULES.version == load_rules().version
    assert len(RULES.version) > 8


def problem(text: str) -> tuple[int | None, str]:
    with pytest.raises(ConfigError) as caught:
        read_language("xx", text)
    first = caught.value.problems[0]
    assert first.file == "xx.yaml"
    return first.line, first.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("- a", 1, "keys with values"),
        ("month: |\n  a", 1, "`month` is no key here"),
        ("months: |\n  a\n  b", 1, "12 lines belong here, not 2"),
        ("months: [a]", 1, "a text belongs here"),
        ("words:\n  nope: a", 2, "`nope` is none of those"),
        ("labels:\n  nope: a", 2, "`nope` is none of those"),
        ("rules:\n  nope:\n    - phrases: a", 2, "`nope` is none of those"),
        ("rules:\n  moved: a", 2, "a list of rules"),
        ("rules:\n  moved: []", 2, "a list of rules"),
        ("rules:\n  moved:\n    - a", 3, "keys with values"),
        ("rules:\n  moved:\n    - yes: a", 3, "a rule has `phrases`"),
        ("rules:\n  moved:\n    - phrases: a", 3, "a rule has `yes`"),
        ("rules:\n  moved:\n    - phrase: a", 3, "`phrase` is no key here"),
        ("rules:\n  moved:\n    - phrases: |\n        a\n        ~ b\n      yes: a", 5, "begins"),
        ("rules:\n  moved:\n    - phrases: |\n        a b|.\n      yes: a", 4, "no word"),
        ("a: &x b", 1, "anchors"),
    ],
)
def test_mistakes(text: str, line: int, message: str) -> None:
    """A mistake is shown with its file and its line."""
    at, said = problem(text)
    assert at == line
    assert message in said


def test_an_empty_file() -> None:
    """A language may say nothing."""
    assert read_language("xx", "").rules == ()


def test_what_is_made_of_them() -> None:
    """What is read instead of the files says the same; `make rules` writes it anew."""
    assert MADE.read_text("utf-8") == rules_as_json(rule_files())
    assert {each.code: each for each in RULES.languages} == {
        code: file.language for code, file in FILES.items()
    }
