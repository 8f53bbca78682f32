"""The files that the steps of a cadence name: are they there, and what they say they are?"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sequencer.files.attach_keys import attachment_name
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import ConfigError, Problem
from sequencer.files.step_check import steps_in
from sequencer.files.template_folder import MAX_FILE, TemplateFolder
from sequencer.files.text_file import decoded
from sequencer.files.yaml_source import YamlSource

_OFFICE = b"PK\x03\x04"
_BEGINS: Mapping[str, bytes] = {
    "pdf": b"%PDF-",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jpeg": b"\xff\xd8\xff",
    **dict.fromkeys(("docx", "odp", "ods", "odt", "pptx", "xlsx"), _OFFICE),
}
_TEXTS = frozenset({"csv", "ics", "txt", "vcf"})


class Named(NamedTuple):
    """A file that a step attaches, with the place of its name."""

    place: tuple[str | int, ...]
    name: str


def attached_in(source: YamlSource) -> Iterator[Named]:
    """Every file that a step names with a name that a file can have."""
    for index, step in steps_in(source):
        attach = step.get("attach")
        for number, each in enumerate(attach if isinstance(attach, list) else ()):
            is_long = isinstance(each, dict)
            name = each.get("file") if is_long else each
            if isinstance(name, str) and _is_name(name):
                yield Named(("steps", index, "attach", number, *(["file"] * is_long)), name)


def attachment_problems(
    source: YamlSource, folder: TemplateFolder, contents: Mapping[str, bytes]
) -> Iterator[Problem]:
    """Files that are missing, or not what their names say.

    Args:
        source: the cadence.
        folder: where they should be.
        contents: what was found there.
    """
    for place, name in attached_in(source):
        content = contents.get(name)
        if content is None:
            message = f"there is no file `{name}` in {folder.shown}"
            hint = did_you_mean(name, folder.files())
            yield source.problem(place, message, hint).of_rule("missing-attachment")
        elif len(content) > MAX_FILE:
            message = f"`{name}` is larger than {MAX_FILE // 1000:,} kB"
            hint = "link to the file instead"
            yield source.problem(place, message, hint).of_rule("mail-too-large")
        elif mistake := _mistake(name, content):
            yield source.problem(place, mistake, "save it anew").of_rule("wrong-attachment")


def _is_name(text: str) -> bool:
    try:
        attachment_name(text)
    except ValueError:
        return False
    return True


def _mistake(name: str, content: bytes) -> str:
    ending = name.rpartition(".")[2].lower()
    if not content:
        return f"`{name}` is empty"
    if not content.startswith(_BEGINS.get(ending, b"")):
        return f"what is in `{name}` is no {ending}"
    if ending in _TEXTS:
        try:
            decoded(content, name)
        except ConfigError:
            return f"`{name}` is not UTF-8"
    return ""
