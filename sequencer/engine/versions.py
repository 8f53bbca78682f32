"""Applied cadences, read from the database once and kept: a version never changes."""

from base64 import b64decode
from dataclasses import dataclass, field

from sequencer.domain.cadence import Version
from sequencer.files.cadence import cadence_from_document
from sequencer.files.template import Template, choose_template, parse_template
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
    _templates: dict[tuple[str, str], Template] = field(default_factory=dict)
    _chosen: dict[tuple[str, str, str], Template] = field(default_factory=dict)

    def get(self, connection: Connection, version_hash: str) -> Version:
        """The version of that hash."""
        known = self._versions.get(version_hash)
        if known is not None:
            return known
        if len(self._versions) >= KEPT:
            self._versions.clear()
            self._templates.clear()
            self._chosen.clear()
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

    def _parsed(self, version: Version, name: str, language: str) -> Template:
        chosen = choose_template(version.templates, name, language)
        place = (version.hash, chosen)
        template = self._templates.get(place)
        if template is None:
            template = parse_template(chosen, version.templates[chosen])
            self._templates[place] = template
        return template
