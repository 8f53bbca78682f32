"""What to say about one cadence that holds together, and about what stands between files."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain

from sequencer.domain.disposition import Dispositions
from sequencer.files import workspace
from sequencer.files.check_attach import attachment_findings
from sequencer.files.check_holes import hole_findings
from sequencer.files.check_languages import language_findings, unused_templates
from sequencer.files.check_links import link_findings
from sequencer.files.check_steps import step_findings
from sequencer.files.check_template import template_problems
from sequencer.files.check_windows import window_findings
from sequencer.files.check_words import guide_findings, word_findings
from sequencer.files.client_check import unknown_client
from sequencer.files.inspected import InspectedCadence
from sequencer.files.nearest import did_you_mean
from sequencer.files.pool_check import unknown_pool
from sequencer.files.problem import Problem
from sequencer.files.settings import Settings
from sequencer.files.yaml_source import YamlSource

_OF_MAILS = (link_findings, word_findings, hole_findings)


def cadence_findings(
    cadence: InspectedCadence, dispositions: Dispositions, present: Collection[str]
) -> Iterator[Problem]:
    """Everything about a cadence and its templates.

    Args:
        cadence: the cadence.
        dispositions: how its tasks may end.
        present: names of the files in its folder of templates.
    """
    folder = (workspace.TEMPLATES / cadence.cadence.slug).as_posix()
    yield from template_problems(cadence)
    yield from step_findings(cadence, dispositions)
    yield from attachment_findings(cadence)
    yield from window_findings(cadence)
    yield from language_findings(cadence)
    yield from unused_templates(cadence, folder, present)
    for piece in cadence.pieces:
        yield from chain(link_findings(piece), word_findings(piece))
    for template in cadence.templates:
        if template.is_mail:
            yield from chain.from_iterable(look(template) for look in _OF_MAILS)
        else:
            yield from guide_findings(template)


def between_files(sources: Sequence[YamlSource], settings: Settings | None) -> Iterator[Problem]:
    """What is wrong between the last of these cadence files and the rest of the workspace."""
    source = sources[-1]
    yield from _same_slug(source, sources[:-1])
    if settings is not None:
        yield from _unknown_mailboxes(source, settings)
        yield from unknown_pool(source, _written(source, "from"), settings)
        yield from unknown_client(source, settings.reps)


def _same_slug(source: YamlSource, earlier: Sequence[YamlSource]) -> Iterator[Problem]:
    slug = _written(source, "cadence")
    for each in earlier:
        if isinstance(slug, str) and _written(each, "cadence") == slug:
            message = f"the cadence `{slug}` stands in {each.file} already"
            problem = source.problem(("cadence",), message, "every cadence has its own name")
            yield problem.of_rule("slug-twice")
            return


def _unknown_mailboxes(source: YamlSource, settings: Settings) -> Iterator[Problem]:
    written = _written(source, "from")
    mailboxes = written.get("mailboxes") if isinstance(written, dict) else None
    for index, name in enumerate(mailboxes if isinstance(mailboxes, list) else ()):
        if isinstance(name, str) and name not in settings.mailboxes:
            place = ("from", "mailboxes", index)
            message = f"there is no mailbox `{name}` in the settings"
            hint = did_you_mean(name, settings.mailboxes)
            declare = f"declare it in {workspace.SETTINGS.as_posix()}"
            yield source.problem(place, message, hint or declare).of_rule("unknown-mailbox")


def _written(source: YamlSource, key: str) -> object:
    return source.value.get(key) if isinstance(source.value, dict) else None
