import re
from pathlib import Path

import pytest
from house.tree import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(page: Path) -> list[str]:
    targets = LINK.findall(page.read_text("utf-8"))
    return [target for target in targets if not target.startswith(("http:", "https:", "#"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link of a page names a file or a folder that exists."""
    targets = [(page.parent / target.partition("#")[0], target) for target in links(page)]
    assert [target for path, target in targets if not path.exists()] == []


def test_every_page_is_reachable() -> None:
    """From the README and the index every page of the documents can be reached by links."""
    reached, waiting = set[Path](), [ROOT / "README.md", ROOT / "docs" / "index.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or not page.exists():
            continue
        reached.add(page)
        found = [(page.parent / target.partition("#")[0]).resolve() for target in links(page)]
        folders = [path for path in found if path.is_dir()]
        waiting += [path for path in found if path.suffix == ".md"]
        waiting += [path for folder in folders for path in folder.glob("*.md")]
    assert [page for page in (ROOT / "docs").rglob("*.md") if page not in reached] == []
