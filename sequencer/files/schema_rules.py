"""What the schema says beyond single keys: which belong together, and the short forms of sections.

The library's own schema knows nothing of validators over a whole section.
"""

from collections.abc import Mapping
from typing import Any

from sequencer.domain.cadence import StepKind

Schema = dict[str, Any]

_KINDS = [{"required": [str(kind)]} for kind in StepKind]


def _not_both(first: str, second: str) -> Schema:
    return {"not": {"required": [first, second]}}


RULES: Mapping[str, Schema] = {
    "StepKeys": {
        "anyOf": [
            {"oneOf": _KINDS},
            {"required": ["variants"], "not": {"anyOf": _KINDS}},
        ],
        "allOf": [_not_both("wait", "day"), _not_both("window", "at")],
        "dependencies": {"type": ["task"], "winner": ["variants"]},
    },
    "RuleKeys": {
        "anyOf": [{"required": [key]} for key in ("task", "enroll", "reopen", "assign")],
        "allOf": [_not_both("enroll", "reopen")],
    },
    "FromKeys": {"oneOf": [{"required": ["mailboxes"]}, {"required": ["pool"]}]},
}
SHORT_FORMS: Mapping[str, Schema] = {
    "VariantKeys": {
        "type": "string",
        "pattern": r"\.(md|txt)$",
        "description": "A template of the cadence.",
    },
    "AttachKeys": {"type": "string", "description": "A file beside the templates, for everybody."},
}
