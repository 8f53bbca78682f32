"""Which country and which language do cells name? By code; for a name the code is offered."""

import re
from functools import cache

from sequencer.files.country_codes import COUNTRIES, OTHER_NAMES

SHOWN = 80  # characters of a cell in a sentence

_TAG = re.compile(r"([a-z]{2,3})((?:-[a-z0-9]{2,8}){0,3})", re.ASCII)  # RFC 5646, shortened

_ISO_639_1 = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz
ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln
lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi
pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti
tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
_LANGUAGES = frozenset(_ISO_639_1.split())
# Names of languages, and codes of countries that are taken for languages.
_MEANT = {
    "chinese": "zh", "cn": "zh", "cz": "cs", "danish": "da", "deutsch": "de", "dk": "da",
    "dutch": "nl", "english": "en", "español": "es", "français": "fr", "french": "fr",
    "german": "de", "gr": "el", "italian": "it", "japanese": "ja", "jp": "ja", "polish": "pl",
    "portuguese": "pt", "sp": "es", "spanish": "es", "swedish": "sv", "ua": "uk",
}  # fmt: skip


def country_of(cell: str) -> str:
    """The country's code in capitals.

    Raises:
        ValueError: there is no such code; proposes one where the cell is a country's name.
    """
    code = cell.upper()
    if code in COUNTRIES:
        return code
    folded = cell.casefold()
    meant = OTHER_NAMES.get(folded) or _codes().get(folded)
    hint = f"; write {meant}." if meant else ", such as DE."
    raise ValueError(f"`{cell[:SHOWN]}` is not a two-letter country code (ISO 3166){hint}")


def language_of(cell: str) -> str:
    """The language's tag: `es`, `pt-BR`, `zh-Hant`.

    Raises:
        ValueError: it has another form, or its two letters stand for no language.
    """
    folded = cell.casefold()
    found = _TAG.fullmatch(folded.replace("_", "-"))
    if found and (len(found[1]) == 3 or found[1] in _LANGUAGES):
        return found[1] + "".join(map(_part, found[2].split("-")))
    meant = _MEANT.get(folded)
    hint = f"; write {meant}." if meant else ", such as es or pt-BR."
    raise ValueError(f"`{cell[:SHOWN]}` is not the code of a language{hint}")


def _part(subtag: str) -> str:
    """A further part of a tag as it is usually written (RFC 5646 section 2.1.1)."""
    if not subtag:
        return ""
    return f"-{subtag.upper() if len(subtag) == 2 else subtag.title()}"


@cache
def _codes() -> dict[str, str]:
    return {name.casefold(): code for code, name in COUNTRIES.items()}
