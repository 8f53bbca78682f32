"""The page of the rules of `sequencer check`: each with its reason, its fix and its examples."""

from collections.abc import Iterator

from docs.markdown import cell, page, table
from sequencer.files.rule import Rule
from sequencer.files.rule_book import CHAPTERS, RULES


def rules() -> str:
    """Every rule, chapter by chapter."""
    return page(
        "Rules of `sequencer check`",
        "The codes are stable: they are printed, written into waivers and may be matched by "
        "scripts. An error keeps the files from being applied, a warning does not. `sequencer "
        "check --explain CODE` prints the same.",
        "## Waivers",
        "A warning that is meant to be is silenced by a comment with its reason, on the same line "
        "or alone on a line above it. In a YAML file, and in the head of a template:",
        "```yaml\n# allow: too-close because they asked for two mails in a row\n```",
        "In the body of a template:",
        "```jinja\n{# allow: many-links because it is the list that they asked for -#}\n```",
        "Several codes stand with commas between them. A waiver without a reason is an error, one "
        "that silences nothing a warning; errors cannot be waived.",
        "## All of them",
        table(("code", "level", "what is wrong"), map(_row, RULES.values())),
        *(part for title, rules in CHAPTERS.items() for part in _chapter(title, rules)),
    )


def _row(rule: Rule) -> tuple[str, str, str]:
    return f"[`{rule.code}`](#{rule.code})", str(rule.level), rule.sentence


def _chapter(title: str, rules: tuple[Rule, ...]) -> Iterator[str]:
    yield f"## {title}"
    for rule in rules:
        yield f"### {rule.code}"
        yield f"*{str(rule.level).capitalize()}.* {cell(rule.sentence)} {cell(rule.why)}"
        yield f"**What to do:** {cell(rule.fix)}"
        if rule.bad:
            yield f"Not so:\n\n```\n{rule.bad}\n```"
        if rule.good:
            yield f"But so:\n\n```\n{rule.good}\n```"
