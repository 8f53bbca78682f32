"""Rules about several wordings of a mail, and about pools of mailboxes."""

from sequencer.files.rule import ERROR, Rule

RULES_OF_VARIANTS = (
    Rule(
        "winner-alone",
        ERROR,
        "A step has a `winner` and no `variants`.",
        "There is nothing that could win, so somebody expects a test that does not take place.",
        "Give the step `variants`, or delete the key.",
        bad="    email: intro.md\n    winner: {by: meetings}",
        good="    variants: {plain: intro.md, question: question.md}\n    winner: {by: meetings}",
    ),
    Rule(
        "no-variant-left",
        ERROR,
        "Every variant of a step has the weight 0.",
        "Nobody would get any of them.",
        "Give one of them a weight of at least 1.",
        bad="    variants: {plain: {email: intro.md, weight: 0}}",
        good="    variants: {plain: {email: intro.md, weight: 1}}",
    ),
    Rule(
        "email-not-variant",
        ERROR,
        "The template of a step is none of its variants.",
        "It looks as if it was sent, and nobody gets it.",
        "Name it as a variant as well, or delete the line.",
        bad="    email: intro.md\n    variants: {a: first.md, b: second.md}",
        good="    email: intro.md\n    variants: {plain: intro.md, b: second.md}",
    ),
    Rule(
        "bad-pool",
        ERROR,
        "A pool in the settings names a mailbox twice, or one that is not there.",
        "Nothing could leave from there.",
        "Declare the mailbox, or take its name out of the pool.",
        bad="pools: {madrid: [ana, lius]}",
        good="pools: {madrid: [ana, luis]}",
    ),
    Rule(
        "unknown-pool",
        ERROR,
        "A cadence writes from a pool that the settings do not know.",
        "Nobody could be enrolled: there is no mailbox to write from.",
        "Declare the pool in the settings, or correct its name.",
        bad="from: {pool: madird}",
        good="from: {pool: madrid}",
    ),
)
