import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution

from house.tree import ROOT

PERMISSIVE = re.compile(
    r"\b(MIT|BSD|ISC|PSF|MPL|Apache|Unlicense|Mozilla)\b|Redistribution and use in source"
)
LICENCE_FILE = re.compile("licen[cs]e|copying", re.IGNORECASE)
# Optional, imported unchanged and replaceable, as its licence asks: docs/decisions/0011-licences.md
EXCEPTED = {"psycopg", "psycopg-binary"}


def locked() -> list[Distribution]:
    """What runs, as far as this platform and this Python need it."""
    names = re.findall(
        r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE
    )
    found = []
    for name in names:
        try:
            found.append(distribution(name))
        except PackageNotFoundError:
            continue
    return found


def licence(package: Distribution) -> str:
    """What the package declares, or else the text that it carries."""
    metadata = package.metadata
    declared = [
        *metadata.get_all("License-Expression", []),
        *metadata.get_all("License", []),
        *(each for each in metadata.get_all("Classifier", []) if each.startswith("License ::")),
    ]
    if declared:
        return "\n".join(declared)
    files = [each for each in package.files or [] if LICENCE_FILE.search(each.name)]
    return "\n".join(each.read_text() for each in files)


def test_licences_are_permissive() -> None:
    """Every package that runs may be used, changed and passed on with ours."""
    others = [each for each in locked() if each.name not in EXCEPTED]
    assert len(others) > 30
    assert [each.name for each in others if not PERMISSIVE.search(licence(each))] == []
    assert [each.name for each in others if re.search(r"\bA?L?GPL", licence(each))] == []
