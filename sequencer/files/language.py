"""Which file holds a template in the language of its reader? `intro.es.md` beside `intro.md`."""

import re
from collections.abc import Iterable, Mapping

_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}", re.ASCII)  # RFC 5646, shortened


def choose_template(templates: Mapping[str, str], name: str, language: str) -> str:
    """Name of the template for that language: exact tag, then its language alone, then `name`.

    A language is matched whatever its case, and `es_MX` is `es-MX`.
    """
    if not language:
        return name
    wanted = language.replace("_", "-").lower()
    by_tag = {language_of(each, name): each for each in variants(templates, name)}
    while wanted:
        if wanted in by_tag:
            return by_tag[wanted]
        wanted = wanted.rpartition("-")[0]
    return name


def variants(names: Iterable[str], name: str) -> list[str]:
    """Those of the names that are the template `name` in some language, `name` itself not."""
    return sorted(each for each in names if language_of(each, name))


def language_of(variant: str, name: str) -> str:
    """Language tag of a variant (`es-mx` for `intro.es-MX.md`), empty where it is none."""
    stem, _, ending = name.rpartition(".")  # with its folder, if there is one
    if not (variant.startswith(f"{stem}.") and variant.endswith(f".{ending}")):
        return ""
    tag = variant[len(stem) + 1 : -len(ending) - 1]
    return tag.replace("_", "-").lower() if _TAG.fullmatch(tag) else ""
