"""What a template is made of: its own text, and that of every file which it includes.

Read from the text alone, without compiling anything. Names mean the same wherever they stand: a
file in the cadence's folder, or with `shared/` in front one in the folder that all cadences share.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping

from sequencer.files.language import choose_template, language_of, variants

MOST_TEXTS = 200  # files that one template may be made of

_TAG = re.compile(
    r"\{%[-+]?\s*(?:include|from)\b[\s(]*(?P<quote>[\"'])(?P<name>[^\"'\n]{1,200})(?P=quote)"
)
_ACCOUNT = re.compile(r"\baccount\s*[.\[]")


def included_names(text: str) -> tuple[str, ...]:
    """Names of the files that a text includes or takes macros from, each once, as written.

    Whoever puts a template together refuses a name that is written so oddly that it is not found.
    """
    if "{%" not in text:
        return ()
    found = _TAG.finditer(_without_comments(text))
    return tuple(dict.fromkeys(each["name"] for each in found))


def _without_comments(text: str) -> str:
    """The text without what stands between `{#` and `#}`; in one pass, however many there are."""
    kept, at = [], 0
    while (begin := text.find("{#", at)) >= 0 and (end := text.find("#}", begin + 2)) >= 0:
        kept.append(text[at:begin])
        at = end + 2
    return "".join((*kept, text[at:]))


def texts_of(templates: Mapping[str, str], name: str, language: str = "") -> dict[str, str]:
    """The files that a template is made of for readers of a language: file by name as written.

    The template itself is the first, under its own name; a file that is missing is left out.
    """
    if name not in templates:
        return {}
    return {name: name, **included_in(templates[name], templates, language)}


def included_in(text: str, templates: Mapping[str, str], language: str = "") -> dict[str, str]:
    """All that a text includes, and what that includes: file by name as written."""
    files: dict[str, str] = {}
    waiting = [text]
    while waiting and len(files) < MOST_TEXTS:
        for written in included_names(waiting.pop()):
            file = choose_template(templates, written, language)
            if written not in files and file in templates:
                files[written] = file
                waiting.append(templates[file])
    return files


def template_text_hash(templates: Mapping[str, str], name: str, language: str = "") -> str:
    """What stands for the text of a template and of all that it includes.

    Args:
        templates: every text of the version, by file name.
        name: the file that was chosen, such as `intro.es.md`.
        language: that of the reader, which chooses among the included files as well.

    Returns:
        64 hexadecimal digits.
    """
    digest = hashlib.sha256()
    for written, file in sorted(texts_of(templates, name, language).items()):
        for part in (written if written != name else "", templates[file]):
            data = part.encode("utf-8", "surrogatepass")
            digest.update(b"%d:" % len(data) + data)
    return digest.hexdigest()


def may_name_account(text: str) -> bool:
    """Whether a text may print a value of an account; it certainly does not where this is false."""
    return _ACCOUNT.search(text) is not None


def forms_of(templates: Mapping[str, str], name: str) -> list[tuple[str, str]]:
    """Every form of a template that some reader gets: the file, and the language it is read for.

    There is one for each language in which the template, or anything that it includes, is written.
    """
    every = [name, *variants(templates, name)]
    made_of = {written for file in every for written in _reachable(templates, file)}
    tags = {
        language_of(file, written)
        for written in {name, *made_of}
        for file in variants(templates, written)
    }
    return [(choose_template(templates, name, tag), tag) for tag in ("", *sorted(tags))]


def _reachable(templates: Mapping[str, str], file: str) -> Iterable[str]:
    """Names as written of all that is included from a file, in whatever language."""
    names: dict[str, None] = {}
    waiting = [file] if file in templates else []
    while waiting and len(names) < MOST_TEXTS:
        for included in included_names(templates[waiting.pop()]):
            if included not in names:
                names[included] = None
                there = [each for each in (included,) if each in templates]
                waiting.extend([*there, *variants(templates, included)])
    return names
