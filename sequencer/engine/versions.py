"""Applied cadences, read from the database once and kept: a version never changes."""

from base64 import b64decode
from dataclasses import dataclass, field

from sequencer.domain.cadence import Version
from sequencer.files.cadence import cadence_from_document
from sequencer.files.template import Template, choose_template, parse_template
from sequencer.files.template_text import included_in, may_name_account, template_text_hash
from sequencer.store import cadences
from sequencer.store.database import Connection

KEPT = 200  # versions; more are in use only where nobody ever finishes
CHOSEN = 5_000  # templates by the language they were asked for in, of which there may be any


@dataclass
class Versions:
    """Cache of versions and their parsed templates, by content hash; for several threads.

    What one thread found may be cleared by another, so nothing is looked up twice.
    """

    _versions: dict[str, Version] = field(default_factory=dict)
    _templates: dict[tuple[str, ...], Template] = field(default_factory=dict)
    _chosen: dict[tuple[str, str, str], Template] = field(default_factory=dict)
    _hashes: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _several: dict[str, bool] = field(default_factory=dict)
    _asking: dict[str, bool] = field(default_factory=dict)

    def get(self, connection: Connection, version_hash: str) -> Version:
        """The version of that hash."""
        known = self._versions.get(version_hash)
        if known is not None:
            return known
        if len(self._versions) >= KEPT:
            self._versions.clear()
            self._templates.clear()
            self._chosen.clear()
            self._hashes.clear()
            self._several.clear()
            self._asking.clear()
        stored = cadences.version(connection, version_hash)
        cadence = cadence_from_document(stored.document)
        files = {name: b64decode(text) for name, text in stored.attachments.items()}
        version = Version(version_hash, cadence, stored.templates, files)
        self._versions[version_hash] = version
        return version

    def template(self, version: Version, name: str, language: str) -> Template:
        """The template of a step in the prospect's language where there is one, else the plain."""
        asked = (version.hash, name, language)
        template = self._chosen.get(asked)
        if template is None:
            if len(self._chosen) >= CHOSEN:
                self._chosen.clear()
            template = self._parsed(version, name, language)
            self._chosen[asked] = template
        return template

    def text_hash(self, version: Version, name: str, language: str) -> str:
        """What names the text of that template, with all that it includes."""
        asked = (version.hash, name, language)
        known = self._hashes.get(asked)
        if known is None:
            if len(self._hashes) >= CHOSEN:
                self._hashes.clear()
            chosen = choose_template(version.templates, name, language)
            known = self._hashes[asked] = template_text_hash(version.templates, chosen, language)
        return known

    def has_variants(self, version: Version) -> bool:
        """Whether some mail of the cadence has several wordings."""
        known = self._several.get(version.hash)
        if known is None:
            known = any(step.variants for step in version.cadence.steps)
            self._several[version.hash] = known
        return known

    def names_accounts(self, version: Version) -> bool:
        """Whether some template may want to know something of somebody's company."""
        known = self._asking.get(version.hash)
        if known is None:
            known = any(map(may_name_account, version.templates.values()))
            self._asking[version.hash] = known
        return known

    def _parsed(self, version: Version, name: str, language: str) -> Template:
        chosen = choose_template(version.templates, name, language)
        texts = version.templates
        # The same for all languages in which it is made of the same files.
        place = (version.hash, chosen, *included_in(texts[chosen], texts, language).values())
        template = self._templates.get(place)
        if template is None:
            template = parse_template(chosen, texts[chosen], texts, language)
            self._templates[place] = template
        return template
