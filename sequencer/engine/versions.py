"""Applied cadences, read from the database once and kept: a version never changes."""

from dataclasses import dataclass, field

from sequencer.domain.cadence import Version
from sequencer.files.cadence import cadence_from_document
from sequencer.files.template import Template, choose_template, parse_template
from sequencer.store import cadences
from sequencer.store.database import Connection

KEPT = 200  # versions; more are in use only where nobody ever finishes


@dataclass
class Versions:
    """Cache of versions and their parsed templates, by content hash."""

    _versions: dict[str, Version] = field(default_factory=dict)
    _templates: dict[tuple[str, str], Template] = field(default_factory=dict)

    def get(self, connection: Connection, version_hash: str) -> Version:
        """The version of that hash."""
        if version_hash not in self._versions:
            if len(self._versions) >= KEPT:
                self._versions.clear()
                self._templates.clear()
            stored = cadences.version(connection, version_hash)
            cadence = cadence_from_document(stored.document)
            self._versions[version_hash] = Version(version_hash, cadence, stored.templates)
        return self._versions[version_hash]

    def template(self, version: Version, name: str, language: str) -> Template:
        """The template of a step in the prospect's language where there is one, else the plain."""
        chosen = choose_template(version.templates, name, language)
        place = (version.hash, chosen)
        if place not in self._templates:
            self._templates[place] = parse_template(chosen, version.templates[chosen])
        return self._templates[place]
