"""Is the labelled corpus of inbound mail well-formed? What reads the mails is judged elsewhere."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from functools import cache
from html import unescape
from pathlib import Path

import pytest

CORPUS = Path(__file__).parents[1] / "data" / "inbound"
LANGUAGES = ("de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "sv")

MAIL_LIMIT = 16_384
WHOLE_LIMIT = 4_000_000
LEAST_MAILS = 30
LEAST_HELD_OUT = 20
LONGEST_ABSENCE = 250  # days

KINDS = {"bounce", "auto_reply", "unsubscribe", "meeting", "reply", "other"}
OF_PEOPLE = {"reply", "other"}
CLASSES = {
    "hard": True,
    "hard_domain": True,
    "soft": False,
    "block": False,
    "policy_recipient": False,
    "throttle": False,
    "quota_sender": False,
    "auth_config": False,
}
AUTO_REPLIES = {"out_of_office", "left_company", "moved", "acknowledgement"}
INTENTS = {
    "interested",
    "not_interested",
    "referral",
    "wrong_person",
    "question",
    "meeting_proposal",
    "later",
}
SCOPES = {"person", "company"}
MEETINGS = {"invited", "booked", "tentative", "declined", "cancelled"}
NUMBERS = {
    "1": {"auto_reply"},
    "2": {"unsubscribe"},
    "3": {"bounce"},
    "4": {"meeting"},
    "5": {"reply"},
    "6": {"reply"},
    "7": {"reply"},
    "8": {"other"},
}
ANY_KIND = {"file", "kind", "accept", "language", "looks_like", "note", "held_out"}
# What the kind's label must hold, and what it may hold.
KEYS: dict[str, tuple[set[str], set[str]]] = {
    "bounce": ({"recipients", "permanent", "action"}, {"class"}),
    "auto_reply": ({"auto_reply", "return_on"}, {"return_accept", "contact", "new_address"}),
    "unsubscribe": ({"scope"}, {"scope_accept", "new_text", "closing"}),
    "meeting": ({"meeting_status"}, set()),
    "reply": ({"intent", "new_text"}, {"intent_accept", "referral", "closing"}),
    "other": (set(), set()),
}

RESERVED = re.compile(r"(^|\.)(example|test|invalid|example\.(com|org|net))$")
HOST = re.compile(r"(?:@|://|\bwww\.)([A-Za-z0-9](?:[\w.-]*\w)?\.[A-Za-z]{2,})")
XML_NAMESPACE = "http://www.w3.org/TR/REC-html40"
CONTROL = re.compile("[\x80-\x9f]")
REALLY = {"iso-8859-1": "windows-1252", "iso-8859-2": "windows-1250"}
FOLD = re.compile(r"\r?\n[ \t]")
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Labelled:
    """A mail of the corpus beside its label."""

    path: Path
    label: dict[str, object]

    @property
    def kind(self) -> str:
        return str(self.label["kind"])

    @property
    def name(self) -> str:
        return f"{self.path.parent.name}/{self.path.name}"


@cache
def mails(language: str) -> list[Labelled]:
    folder = CORPUS / language
    lines = (folder / "labels.jsonl").read_text("utf-8").splitlines()
    labels: list[dict[str, object]] = [json.loads(line) for line in lines]
    return [Labelled(folder / str(label["file"]), label) for label in labels]


@cache
def parsed(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@cache
def texts(path: Path) -> tuple[str, ...]:
    """Headers and readable parts, decoded; what a report encloses is read too."""
    return tuple(_texts(parsed(path)))


def _texts(message: EmailMessage) -> Iterator[str]:
    yield "\n".join(f"{name}: {value}" for name, value in message.items())
    for part in message.walk():
        if part.get_content_type() == "text/html":
            yield unescape(TAG.sub(" ", readable(part)))
        elif part.get_content_type() == "text/calendar":
            yield FOLD.sub("", readable(part))
        elif part.get_content_maintype() == "text":
            yield readable(part)
        elif part.get_content_maintype() == "message":
            yield part.as_string()


def readable(part: EmailMessage) -> str:
    """The text of a part; control characters tell that it names another character set."""
    text = str(part.get_content())
    if CONTROL.search(text):
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        return payload.decode(REALLY[str(part.get_content_charset())])
    return text


@cache
def visible(path: Path) -> str:
    return " ".join(squeezed(text) for text in texts(path))


def squeezed(text: str) -> str:
    return " ".join(text.replace("\n>", "\n").split())


def everything() -> list[Labelled]:
    return [mail for language in LANGUAGES for mail in mails(language)]


def key_trouble(mail: Labelled) -> set[str]:
    must, may = KEYS[mail.kind]
    if mail.kind == "reply" and mail.label.get("new_text") is None:
        return {"new_text"}
    found = set(mail.label)
    return (must - found) | (found - must - may - ANY_KIND)


def strange_words(mail: Labelled) -> list[object]:
    """Words of a label that none of the lists knows."""
    label = mail.label
    allowed: list[tuple[str, set[str]]] = [
        ("kind", KINDS),
        ("looks_like", KINDS - OF_PEOPLE - {mail.kind}),
        ("language", {mail.path.parent.name}),
        ("class", set(CLASSES)),
        ("action", {"failed", "delayed"}),
        ("auto_reply", AUTO_REPLIES),
        ("scope", SCOPES),
        ("intent", INTENTS),
        ("meeting_status", MEETINGS),
    ]
    lists = [("accept", KINDS), ("intent_accept", INTENTS), ("scope_accept", SCOPES)]
    single = [label[key] for key, words in allowed if key in label and label[key] not in words]
    several = [value for key, words in lists for value in strings(label.get(key)) - words]
    return [*single, *several]


def strings(value: object) -> set[str]:
    """What a label says in one word, in a list, or in the values of an object."""
    if isinstance(value, dict):
        return {str(one) for one in value.values()}
    if isinstance(value, list):
        return {str(one) for one in value}
    return set() if value is None else {str(value)}


def links(message: EmailMessage) -> Iterator[str]:
    """The tags of HTML parts, where links hide."""
    for part in message.walk():
        if part.get_content_type() == "text/html":
            yield from TAG.findall(readable(part).replace(XML_NAMESPACE, ""))


def foreign_hosts(mail: Labelled) -> set[str]:
    shown = "\n".join([*texts(mail.path), *links(parsed(mail.path))])
    return {host for host in HOST.findall(shown) if not RESERVED.search(host.lower())}


def missing_words(mail: Labelled) -> set[str]:
    """What the label quotes from the mail and the mail does not say."""
    label = mail.label
    quoted = {squeezed(line) for line in str(label.get("new_text", "")).splitlines()}
    for key in ("recipients", "contact", "referral", "new_address"):
        quoted |= {one for one in strings(label.get(key)) if "@" in one}
    together = visible(mail.path).replace(" ", "")
    return {words for words in quoted if words.replace(" ", "") not in together}


def days_away(mail: Labelled) -> list[int]:
    """How long after the mail was written its dates of return lie."""
    written = parsedate_to_datetime(str(parsed(mail.path)["Date"])).date()
    dates = strings(mail.label.get("return_accept")) | strings(mail.label.get("return_on"))
    return [(date.fromisoformat(one) - written).days for one in dates]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_has_one_label(language: str) -> None:
    """The labels of a language name each of its mails once, in order, and nothing else."""
    names = [mail.path.name for mail in mails(language)]
    assert names == sorted(path.name for path in (CORPUS / language).glob("*.eml"))
    assert not [
        number for number, count in Counter(name[:3] for name in names).items() if count > 1
    ]


def test_no_folder_is_overlooked() -> None:
    """The corpus holds the ten languages and no others."""
    assert sorted(path.name for path in CORPUS.iterdir() if path.is_dir()) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_use_known_words(language: str) -> None:
    """A label holds the keys of its kind, each with a word that is defined."""
    assert [(m.name, key_trouble(m)) for m in mails(language) if key_trouble(m)] == []
    assert [(m.name, strange_words(m)) for m in mails(language) if strange_words(m)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_tells_the_kind(language: str) -> None:
    """Files of one kind stand together, because they are numbered by it."""
    assert [m.name for m in mails(language) if m.kind not in NUMBERS[m.path.name[0]]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_held_out_mails_are_marked(language: str) -> None:
    """Mails numbered from 50 on within their hundred are the ones that no rule is fitted to."""
    held = [mail for mail in mails(language) if mail.label.get("held_out") is True]
    assert len(held) >= LEAST_HELD_OUT
    assert held == [mail for mail in mails(language) if int(mail.path.name[1:3]) >= 50]
    assert {mail.kind for mail in held} >= {"auto_reply", "unsubscribe", "reply"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_look_alikes_balance_what_they_resemble(language: str) -> None:
    """There are enough mails, and at least as many look-alikes as mails that stop or swallow."""
    found = mails(language)
    acted_on = [mail for mail in found if mail.kind not in OF_PEOPLE]
    alike = [mail for mail in found if "looks_like" in mail.label]
    assert len(found) >= LEAST_MAILS
    assert len(alike) >= len(acted_on)
    assert {mail.kind for mail in alike} <= OF_PEOPLE


@pytest.mark.parametrize("language", LANGUAGES)
def test_opt_outs_have_their_look_alikes(language: str) -> None:
    """What looks like an opt-out and is none is more frequent than what is one."""
    kinds = Counter(mail.kind for mail in mails(language))
    alike = Counter(mail.label.get("looks_like") for mail in mails(language))
    assert 0 < kinds["unsubscribe"] <= alike["unsubscribe"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_answer_of_each_sort_occurs(language: str) -> None:
    """No language lacks an intent, a sort of automatic reply, or a scope of an opt-out."""
    found = mails(language)
    assert {mail.label.get("intent") for mail in found} >= INTENTS
    assert {mail.label.get("auto_reply") for mail in found} >= AUTO_REPLIES
    assert {mail.label.get("scope") for mail in found} >= SCOPES


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_real_is_named(language: str) -> None:
    """Addresses and links lead to names that are reserved for examples."""
    assert [(m.name, foreign_hosts(m)) for m in mails(language) if foreign_hosts(m)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_quote_what_the_mail_says(language: str) -> None:
    """New text, people and addresses of a label stand in its mail."""
    assert [(m.name, missing_words(m)) for m in mails(language) if missing_words(m)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_closings_end_the_new_text(language: str) -> None:
    """A closing formula is the end of the text that it belongs to, and not all of it."""
    closed = [m for m in mails(language) if "closing" in m.label]
    texts_of = [(str(m.label["new_text"]), str(m.label["closing"])) for m in closed]
    assert [pair for pair in texts_of if not pair[0].endswith("\n" + pair[1])] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_returns_lie_ahead(language: str) -> None:
    """A date of return comes after the mail that tells it, by less than a year."""
    away = [(m.name, days) for m in mails(language) for days in days_away(m)]
    assert away
    assert [one for one in away if not 0 < one[1] <= LONGEST_ABSENCE] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dead_are_told_by_their_class(language: str) -> None:
    """An address is labelled as dead where the class says so; what is only late has no class."""
    bounces = [mail.label for mail in mails(language) if mail.kind == "bounce"]
    dead = [CLASSES.get(str(label.get("class")), False) for label in bounces]
    assert dead == [label["permanent"] for label in bounces]
    assert [x for x in bounces if ("class" in x) != (x["action"] == "failed")] == []


def test_forms_of_encoding_occur() -> None:
    """The usual character sets and transfer encodings are all there."""
    parts = [part for mail in everything() for part in parsed(mail.path).walk()]
    charsets = {str(part.get_content_charset()) for part in parts}
    encodings = {str(part.get("Content-Transfer-Encoding", "")) for part in parts}
    assert charsets >= {
        "utf-8",
        "iso-8859-1",
        "iso-8859-2",
        "iso-8859-15",
        "windows-1250",
        "windows-1252",
        "iso-2022-jp",
        "shift_jis",
    }
    assert encodings >= {"7bit", "8bit", "quoted-printable", "base64"}


def test_the_corpus_stays_small() -> None:
    """No mail is larger than a page of text needs, nor are all of them together."""
    sizes = {mail.name: mail.path.stat().st_size for mail in everything()}
    assert [name for name, size in sizes.items() if size > MAIL_LIMIT] == []
    assert sum(sizes.values()) <= WHOLE_LIMIT
