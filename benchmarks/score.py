"""How well is incoming mail understood? Compares verdicts with labelled mails, in every language.

Every folder below PATH with a `labels.jsonl` is read; what a label may say stands in the README of
`tests/data/inbound`. Prints a table, a column for each claim; with --wrong also what was not met.

    python benchmarks/score.py [PATH ...] [--wrong [CLAIM ...]]
"""

import argparse
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sequencer.files.language_rules import load_rules
from sequencer.mail.classify import classify
from sequencer.mail.verdict_json import verdict_as_json

CORPUS = Path(__file__).parents[1] / "tests" / "data" / "inbound"
Shown = Mapping[str, Any]
OUR_WORDS = {"unsubscribe": "opt_out", "meeting": "calendar"}
MACHINES = {"bounce", "auto_reply", "opt_out", "complaint"}
PEOPLE = "people"  # the claim that a person was not taken for a machine


def squeezed(text: object) -> str:
    """Text without differences of white space."""
    return " ".join(str(text or "").split())


def is_kind(label: Shown, got: Shown) -> bool:
    """Whether the kind is one of those that are right."""
    right = {label["kind"], *label.get("accept", ())}
    return got["kind"] in {OUR_WORDS.get(kind, kind) for kind in right}


def is_text(label: Shown, got: Shown) -> bool:
    """Whether the new text is the person's, with or without the closing lines."""
    wanted, found = squeezed(label["new_text"]), squeezed(got["new_text"])
    closing = squeezed(label.get("closing"))
    return found in {wanted, squeezed(wanted.removesuffix(closing))}


def is_person(wanted: Shown, found: Shown | None) -> bool:
    """Whether somebody named is the one who is meant; an address is surer than a name."""
    if found is None:
        return False
    if wanted.get("email"):
        return bool(found["email"].lower() == wanted["email"].lower())
    return squeezed(wanted.get("name")) in squeezed(found["name"]) or bool(
        found["name"] and squeezed(found["name"]) in squeezed(wanted.get("name"))
    )


def is_date(label: Shown, got: Shown) -> bool:
    """Whether the date of return is right, or rightly missing."""
    return got["return_on"] in {label["return_on"], *label.get("return_accept", ())}


def is_intent(label: Shown, got: Shown) -> bool:
    """Whether the intent is one of those that are right."""
    return got["intent"] in {label["intent"], *label.get("intent_accept", ())}


CLAIMS: dict[str, Callable[[Shown, Shown], bool]] = {
    "recipients": lambda label, got: (
        bool(got["recipients"])
        and {each.lower() for each in got["recipients"]}
        <= {each.lower() for each in label["recipients"]}
    ),
    "class": lambda label, got: got["class"] == label["class"],
    "permanent": lambda label, got: got["permanent"] == label["permanent"],
    "action": lambda label, got: got["action"] == label["action"],
    "meeting_status": lambda label, got: got["meeting_status"] == label["meeting_status"],
    "auto_reply": lambda label, got: got["auto_reply"] == label["auto_reply"],
    "return_on": is_date,
    "contact": lambda label, got: is_person(label["contact"], got["contact"]),
    "new_address": lambda label, got: is_person({"email": label["new_address"]}, got["contact"]),
    "scope": lambda label, got: got["scope"] == label["scope"],
    "intent": is_intent,
    "referral": lambda label, got: any(is_person(label["referral"], each) for each in got["named"]),
    "new_text": is_text,
}


def met(label: Shown, got: Shown) -> Iterator[tuple[str, bool]]:
    """Each claim that the label makes, and whether the verdict meets it."""
    kind = OUR_WORDS.get(label["kind"], label["kind"])
    yield f"is {kind}", is_kind(label, got)
    if kind == "reply":
        yield PEOPLE, got["kind"] not in MACHINES or is_kind(label, got)
    for claim, look in CLAIMS.items():
        if claim in label and not (claim == "class" and label[claim] is None):
            yield claim, look(label, got)


def folders(paths: list[Path]) -> list[Path]:
    """Folders with labels, below any of the paths."""
    return sorted({found.parent for path in paths for found in path.rglob("labels.jsonl")})


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description="Score the reading of incoming mail.")
    parser.add_argument("paths", nargs="*", type=Path, default=[CORPUS])
    parser.add_argument("--wrong", nargs="*", metavar="CLAIM")
    given = parser.parse_args()
    rules = load_rules()
    counts: dict[str, dict[str, list[bool]]] = {}
    for folder in folders(given.paths):
        for line in (folder / "labels.jsonl").read_text("utf-8").splitlines():
            label = json.loads(line)
            if "kind" not in label:
                continue
            got = verdict_as_json(classify((folder / label["file"]).read_bytes(), rules))
            for claim, is_met in met(label, got):
                counts.setdefault(claim, {}).setdefault(folder.name, []).append(is_met)
                if not is_met and given.wrong is not None and claim in (given.wrong or [claim]):
                    told = {**got, "kind": [label["kind"], got["kind"]]}
                    key = claim if claim in got else "kind"
                    print(
                        f"{folder.name}/{label['file']} {claim}: {label.get(claim)} not {told[key]}"
                    )
    table(counts)


def table(counts: Mapping[str, Mapping[str, list[bool]]]) -> None:
    """A row for each claim, a column for each folder, and all together."""
    names = sorted({name for each in counts.values() for name in each})
    print(f"{'':16}" + "".join(f"{name[:7]:>9}" for name in names) + f"{'all':>15}")
    for claim, by_folder in counts.items():
        cells = (by_folder.get(name, []) for name in names)
        row = "".join(f"{sum(cell)}/{len(cell)}".rjust(9) if cell else " " * 9 for cell in cells)
        every = [is_met for cell in by_folder.values() for is_met in cell]
        share = f"{sum(every)}/{len(every)} {100 * sum(every) / len(every):.1f} %"
        print(f"{claim:16}{row}{share:>15}")


if __name__ == "__main__":
    main()
