from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sequencer.files.check import Wanted, check_workspace
from sequencer.files.problem import Problem
from sequencer.files.rule_book import RULES

SETTINGS = """\
workspace: {name: Acme, postal_address: "1 Example Street"}
web: {public_url: https://sales.example}
prospect_fields: [size]
mailboxes:
  ana:
    address: ana@sales.example
    name: Ana Ruiz
    provider: google_workspace
reps:
  marta: {name: Marta, address: marta@field.example, timezone: Europe/Madrid}
"""
CADENCE = """\
cadence: first
title: First
audience: {stages: [lead]}
schedule:
  window: {mon-fri: ["08:30-17:00"]}
from: {mailboxes: [ana]}
steps:
  - id: intro
    email: intro.md
  - id: bump
    wait: 3 business_days
    email: bump.md
  - id: talk
    wait: 2 business_days
    call: talk.md
  - id: last
    wait: 2 business_days
    when: not call.connected
    email: last.md
"""
INTRO = """\
---
subject: Closing the month
---
Hello {{ first_name | or("there") }},

how many days does it take you to close a month?

{{ sender.name }}
"""
BUMP = "Hello {{ first_name | or('there') }},\n\nany news?\n\n{{ sender.name }}\n"
TALK = "A first call: find out how many days a closing takes them.\n"
FILES = {
    "config/sequencer.yaml": SETTINGS,
    "config/cadences/first.yaml": CADENCE,
    "templates/first/intro.md": INTRO,
    "templates/first/bump.md": BUMP,
    "templates/first/talk.md": TALK,
    "templates/first/last.md": BUMP.replace("any news", "shall I stop"),
}
LIST = "config/people.csv"
Files = dict[str, str]


def written(root: Path, files: Files) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return root


def found(root: Path, files: Files) -> tuple[Problem, ...]:
    people = root / LIST if LIST in files else None
    wanted = Wanted(prospects=people, on=date(2026, 12, 21) if people else None)
    return check_workspace(written(root, files), {}, wanted).problems


def changed(name: str, old: str, new: str) -> Files:
    assert old in FILES[name], old
    return {**FILES, name: FILES[name].replace(old, new, 1)}


def settings(old: str, new: str) -> Files:
    return changed("config/sequencer.yaml", old, new)


def cadence(old: str, new: str) -> Files:
    return changed("config/cadences/first.yaml", old, new)


def intro(old: str, new: str) -> Files:
    return changed("templates/first/intro.md", old, new)


def bump(old: str, new: str) -> Files:
    return changed("templates/first/bump.md", old, new)


def body(line: str) -> Files:
    return intro("how many", f"{line}\n\nhow many")


def beside(**files: str) -> Files:
    names = {"dispositions": "config/dispositions.yaml", "second": "config/cadences/second.yaml"}
    return {**FILES, **{names[name]: text for name, text in files.items()}}


def people(*rows: str, columns: str = "email,country,consent,language,title,stage") -> Files:
    told = "\n".join([columns, *rows])
    return {**FILES, LIST: f"{told}\n"}


SECOND = CADENCE.replace("cadence: first", "cadence: second")
RULE = "on: {meeting.no_show: {enroll: first}}\nsteps:"
SHUT = SECOND.replace("steps:", RULE)
ROUND = {"again": "audience: {stages: [lead], again: always}"}
HERE = "email,country,consent,language,title,stage"


def both_ways() -> Files:
    """Two cadences that let people in from one another, again and again."""
    ahead = RULE.replace("first", "second")
    one = CADENCE.replace("audience: {stages: [lead]}", ROUND["again"]).replace("steps:", ahead)
    return {
        **FILES,
        **{name.replace("/first/", "/second/"): text for name, text in FILES.items()},
        "config/cadences/first.yaml": one,
        "config/cadences/second.yaml": SHUT.replace("audience: {stages: [lead]}", ROUND["again"]),
    }


def variants(minimum: int) -> Files:
    step = "    variants: {a: intro.md, b: bump2.md}\n"
    winner = f"    winner: {{minimum: {minimum}}}\n"
    files = cadence("    email: intro.md\n", step + winner)
    with_list = people("zoe@bank.example,US,,en,,lead")[LIST]
    return {**files, "templates/first/bump2.md": INTRO, LIST: with_list}


CASES: dict[str, Files | Callable[[], Files]] = {
    "no-workspace": {"config/notes.txt": ""},
    "unreadable-file": {**FILES, "templates/first/intro.md": "x" * 70_000},
    "yaml": cadence("  - id: bump", "  -id: bump"),
    "unknown-key": cadence("title:", "tilte:"),
    "missing-key": cadence("title: First\n", ""),
    "bad-value": cadence("3 business_days", "three days"),
    "secret-in-file": settings("    name: Ana Ruiz", "    name: Ana Ruiz\n    password: x"),
    "bad-rep": settings("  marta: {", "  marta: {territory: {colour: [red]}, "),
    "bad-handover": {**FILES, "config/sequencer.yaml": SETTINGS + "handover: {to: [nobody]}\n"},
    "bad-disposition": beside(
        dispositions="dispositions:\n  - {name: x, outcome: connected, action: goto}\n"
    ),
    "lost-goto": beside(
        dispositions="dispositions:\n  - {name: x, outcome: connected, action: goto, step: lsat}\n"
    ),
    "no-postal-address": settings(', postal_address: "1 Example Street"', ""),
    "no-public-address": settings("https://sales", "http://sales"),
    "display-name": settings("name: Ana Ruiz", "name: ana@sales.example"),
    "unknown-booking-page": settings(
        "name: Ana Ruiz", "name: Ana Ruiz\n    booking_url: https://book.acme.example/ana"
    ),
    "waiver": cadence("    wait: 3 business_days", "    wait: 3 business_days  # allow: too-close"),
    "unused-waiver": cadence(
        "    wait: 3 business_days", "    wait: 3 business_days  # allow: too-close because so"
    ),
    "slug-twice": beside(second=CADENCE),
    "unknown-mailbox": cadence("[ana]", "[aan]"),
    "unknown-client": cadence("title:", "client: acme\ntitle:"),
    "repeated-id": cadence("id: bump", "id: intro"),
    "retired-step": cadence("title:", "retired: [bump]\ntitle:"),
    "missing-template": cadence("email: bump.md", "email: bmup.md"),
    "missing-wait": cadence("    wait: 3 business_days\n", ""),
    "mixed-days": cadence("    wait: 3 business_days\n", "    day: 3\n"),
    "falling-day": {
        **FILES,
        "config/cadences/first.yaml": CADENCE.partition("steps:")[0]
        + "steps:\n  - {id: a, day: 4, email: intro.md}\n  - {id: b, day: 2, email: bump.md}\n",
    },
    "overlapping-hours": cadence('["08:30-17:00"]', '["08:30-12:00", "11:00-17:00"]'),
    "never-open": cadence('{mon-fri: ["08:30-17:00"]}', "{mon-fri: []}"),
    "step-kind": cadence("    call: talk.md", "    call: talk.md\n    task: talk.md"),
    "misplaced-key": cadence("    call: talk.md", "    call: talk.md\n    thread: new"),
    "unknown-step": cadence("    call: talk.md", "    call: talk.md\n    goto: lsat"),
    "cycle": cadence("    call: talk.md", "    call: talk.md\n    goto: intro"),
    "unreachable-step": cadence("    email: bump.md", "    email: bump.md\n    goto: last"),
    "bad-guard": cadence("when: not call", "when: not not = call"),
    "later-step": cadence("    call: talk.md", "    call: talk.md\n    when: last.sent"),
    "unknown-name": cadence("when: not call.connected", "when: shoe"),
    "enrols-in-itself": cadence("steps:", RULE),
    "reopens-booked": cadence("steps:", "on: {meeting.booked: {reopen: next_step}}\nsteps:"),
    "unknown-cadence": cadence("steps:", RULE.replace("first", "frist")),
    "unknown-rep": cadence("steps:", "on: {meeting.held: {task: call, assign: mrata}}\nsteps:"),
    "closed-door": {
        **beside(second=SHUT),
        **{name.replace("/first/", "/second/"): text for name, text in FILES.items()},
        "config/cadences/first.yaml": CADENCE.replace(
            "{stages: [lead]}", "{stages: [lead], min_days_since_touch: 7}"
        ),
    },
    "goes-round": both_ways,
    "too-close": cadence("3 business_days", "1 business_day"),
    "weekend-window": cadence("mon-fri", "fri"),
    "clock-change": cadence('{mon-fri: ["08:30-17:00"]}', '{mon-sun: ["02:00-02:45"]}'),
    "template-syntax": body("{{ first_name"),
    "odd-character": body("a\x07b"),
    "unseen-character": body("a\u200bb"),
    "template-fails": body("{% for x in range(999) %}x{% endfor %}"),
    "undefined-variable": body("At {{ compnay | or('x') }}"),
    "missing-fallback": body("At {{ company }}"),
    "no-subject": intro("subject: Closing the month\n", ""),
    "skipped-thread": cadence("    email: intro.md", "    email: intro.md\n    when: title"),
    "unused-subject": {**FILES, "templates/first/bump.md": f"---\nsubject: News\n---\n{BUMP}"},
    "fake-answer": intro("subject: Closing", "subject: 'Re: Closing'\n# "),
    "unused-template": {**FILES, "templates/first/old.md": "x"},
    "missing-attachment": cadence("email: bump.md", "email: bump.md\n    attach: [prices.pdf]"),
    "wrong-attachment": {
        **cadence("email: bump.md", "email: bump.md\n    attach: [prices.pdf]"),
        "templates/first/prices.pdf": "no such thing",
    },
    "missing-include": body('{% include "ps.md" %}'),
    "include-cycle": {
        **body('{% include "_ps.md" %}'),
        "templates/first/_ps.md": '{% include "_ps.md" %}\n',
    },
    "missing-language": {**FILES, "templates/first/intro.es.md": INTRO},
    "empty-guide": changed("templates/first/talk.md", TALK, "Call.\n"),
    "no-booking-page": body("[Choose a time]({{ booking_link }})"),
    "image": body("![us](https://acme.example/us.png)"),
    "html": body("<b>Now</b>"),
    "bad-link": body("[here](www.acme.example)"),
    "deceptive-link": body("[acme.example](https://track.example/x)"),
    "shortened-link": body("https://bit.ly/3abc"),
    "bare-address-link": body("[our offer](https://203.0.113.7/offer)"),
    "insecure-link": body("[our prices](http://acme.example/prices)"),
    "many-links": body("[a page](https://acme.example/a) and [another](https://acme.example/b)"),
    "hidden-opt-out": body("[.]({{ unsubscribe_url }})"),
    "long-mail": body("word " * 201),
    "long-subject": intro("Closing the month", "Closing the month " + "in good time " * 5),
    "shouting": intro("Closing the month", "LAST CHANCE today"),
    "exclamations": body("Only today!!!"),
    "spam-words": body("There is no obligation."),
    "emoji-subject": intro("Closing the month", "Closing the month \U0001f680"),
    "hole": intro(
        'Hello {{ first_name | or("there") }}', "Hi {% if first_name %}{{ first_name }}{% endif %}"
    ),
    "bad-list": people(columns="name,city"),
    "refused-rows": people("zoe@bank.example,US,,en,,", "no-address,US,,en,,"),
    "empty-variable": {
        **body("As {{ title }}"),
        LIST: f"{HERE}\nzoe@bank.example,US,,en,,\nmax@bank.example,US,,en,CFO,\n",
    },
    "nobody-fits": people("zoe@bank.example,US,,en,,customer"),
    "no-consent": people("zoe@bank.example,DE,,en,,"),
    "unwritten-language": people("zoe@bank.example,US,,pt,,"),
    "few-people": lambda: variants(100),
    "holidays-ahead": people("zoe@bank.example,US,,en,,"),
}


def test_the_good_workspace(tmp_path: Path) -> None:
    """What all the cases are changes of has no finding."""
    assert [each.render() for each in found(tmp_path, FILES)] == []


@pytest.mark.parametrize("code", CASES)
def test_each_rule_finds_its_case(tmp_path: Path, code: str) -> None:
    """Each rule finds what it is there for, at a place in a file, with a way out or a reason."""
    case = CASES[code]
    problems = found(tmp_path, case() if callable(case) else case)
    hits = [each for each in problems if each.code == code]
    assert hits, [each.render() for each in problems]
    for each in hits:
        assert each.severity is RULES[code].level
        assert each.file.startswith(("config/", "templates/"))
        assert each.hint or RULES[code].fix


def test_a_file_that_is_included_twice(tmp_path: Path) -> None:
    """What stands in a shared file is looked at as well, and told once."""
    line = '\n{% include "shared/sign-off.md" %}\n'
    files = {
        **FILES,
        "templates/first/intro.md": INTRO + line,
        "templates/first/bump.md": BUMP + line,
        "templates/shared/sign-off.md": "Act now!! {{ company }} {{ compnay }}\n",
    }
    problems = found(tmp_path, files)
    assert {each.file for each in problems} == {"templates/shared/sign-off.md"}
    told = ["spam-words", "exclamations", "undefined-variable"]
    assert [each.code for each in problems] == told
    again = {
        **files,
        "templates/shared/sign-off.md": "{# allow: exclamations because so #}\nSo!!\n",
    }
    assert found(tmp_path, again) == ()
