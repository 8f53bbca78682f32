"""The form of the names that people give: slugs, step ids, mailboxes, template files, fields."""

import re

MAX_LENGTH = 80
SHARED = "shared/"  # in front of a file that all cadences may include

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*", re.ASCII)
_FIELD = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_PIECE = re.compile(r"(shared/)?_?[A-Za-z0-9][A-Za-z0-9_.-]*\.(md|txt)", re.ASCII)
_TEMPLATE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\.(md|txt)", re.ASCII)


def slug(text: str) -> str:
    """The text, if it can name a cadence; ValueError otherwise."""
    return _checked(text, _SLUG, "lower-case letters, digits and hyphens, such as `fintech-intro`")


def name(text: str) -> str:
    """The text, if it can name a step or a mailbox; ValueError otherwise."""
    return _checked(text, _NAME, "lower-case letters, digits, hyphens and underscores")


def field_name(text: str) -> str:
    """The text, if it can name a field of a prospect; ValueError otherwise."""
    return _checked(text, _FIELD, "lower-case letters, digits and underscores, a letter first")


def template_name(text: str) -> str:
    """The text, if it can name a template's file; ValueError otherwise."""
    form = "the name of a file that ends in .md or .txt, without a folder, such as `intro.md`"
    return _checked(text, _TEMPLATE, form)


def included_name(text: str) -> str:
    """The text, if it can name a file that templates include; ValueError otherwise."""
    form = "a file of the cadence that ends in .md or .txt, or one of all, as in `shared/ps.md`"
    return _checked(text, _PIECE, form)


def _checked(text: str, pattern: re.Pattern[str], form: str) -> str:
    if len(text) > MAX_LENGTH:
        raise ValueError(f"at most {MAX_LENGTH} characters")
    if pattern.fullmatch(text) is None:
        raise ValueError(form)
    return text
