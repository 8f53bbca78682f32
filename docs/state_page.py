"""The page of states: each machine as a picture and as a Mermaid diagram, from its table."""

from typing import Any, NamedTuple

from docs.markdown import page
from docs.state_picture import picture
from sequencer.domain import enrollment, follow_up, handover, mailbox, meeting, send, task
from sequencer.domain.transition import E, S, Table


class Machine(NamedTuple):
    """A table with its name and a sentence about it."""

    name: str
    about: str
    transitions: Table[Any, Any]

    @property
    def file(self) -> str:
        """Name of the file of its picture."""
        return f"states-{self.name}.svg"


MACHINES = (
    Machine(
        "enrollment",
        "One prospect in one cadence. `advance` is the end of a step, whatever the step is.",
        enrollment.TRANSITIONS,
    ),
    Machine(
        "send",
        "One e-mail of one enrollment. `hand` is committed right before the final dot goes out: "
        "from there on the server may have the mail, and a broken line means `unknown`.",
        send.TRANSITIONS,
    ),
    Machine(
        "mailbox",
        "What a mailbox is able to do. Servers move it between the states that heal; a pause is a "
        "person's word.",
        mailbox.TRANSITIONS,
    ),
    Machine(
        "meeting",
        "A meeting with a prospect. What is told of it may come in any order; it is put into the "
        "order in which it happened before anything is made of it.",
        meeting.TRANSITIONS,
    ),
    Machine("task", "Something that a person does.", task.TRANSITIONS),
    Machine(
        "handover",
        "A meeting that is given to a rep. What ended goes on with another rep, as a new one.",
        handover.TRANSITIONS,
    ),
    Machine(
        "follow-up",
        "What follows from a meeting by a rule of a cadence. What does not follow after all is "
        "dropped, and what was done is undone where nothing has come of it yet.",
        follow_up.TRANSITIONS,
    ),
)


def states() -> str:
    """All machines, each drawn twice."""
    return page(
        "States",
        "Machines that are never folded into one. An event that has no arrow from a state is "
        "refused there and changes nothing. In the pictures all lines to one state run together; "
        "those that lead down are on the right, those that lead up on the left. A state with a "
        "double frame is never left.",
        *(part for machine in MACHINES for part in section(machine)),
    )


def section(machine: Machine) -> list[str]:
    """Heading, sentence, picture and diagram of a machine."""
    return [
        f"## {machine.name.capitalize()}",
        machine.about,
        f"![States: {machine.name}]({machine.file})",
        "<details><summary>The same as a Mermaid diagram</summary>",
        diagram(machine.transitions),
        "</details>",
    ]


def pictures() -> dict[str, str]:
    """The picture of each machine by its file name."""
    return {machine.file: picture(machine.transitions) for machine in MACHINES}


def diagram(transitions: Table[S, E]) -> str:
    """Mermaid diagram of a transition table; the first state is where it begins."""
    arrows = [f"    [*] --> {next(iter(transitions))}"]
    for state, row in transitions.items():
        allowed = [(event, after) for event, after in row.items() if after is not None]
        arrows += [f"    {state} --> {after}: {event}" for event, after in allowed]
        if not allowed:
            arrows.append(f"    {state} --> [*]")
    return "\n".join(["```mermaid", "stateDiagram-v2", *arrows, "```"])
