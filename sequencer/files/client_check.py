"""Does anybody take the meetings of the client that a cadence names?"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sequencer.files import workspace
from sequencer.files.nearest import did_you_mean
from sequencer.files.problem import Problem, Severity
from sequencer.files.rep_settings import RepSettings
from sequencer.files.yaml_source import YamlSource


def unknown_client(source: YamlSource, reps: Mapping[str, RepSettings]) -> Iterator[Problem]:
    """A warning where no rep works for the client of a cadence."""
    written = source.value if isinstance(source.value, dict) else {}
    client = written.get("client")
    known = {each.client for each in reps.values() if each.client}
    if isinstance(client, str) and client.strip() and client.strip() not in known:
        message = f"no rep works for `{client.strip()}`, so its meetings are handed over to nobody"
        declare = f"give a rep in {workspace.SETTINGS.as_posix()} that `client`"
        hint = did_you_mean(client.strip(), known) or declare
        problem = source.problem(("client",), message, hint).of_rule("unknown-client")
        yield replace(problem, severity=Severity.WARNING)
