"""Where everything went: the words of a hold that a move to another database leaves behind.

A database that was moved is held for good: it knows nothing of what happens at the other one. The
words are what is stored of that, so they are read as well as written here.
"""

MOVED = "everything was moved to "
_INSTEAD = ", which is to be used instead"
_BEFORE = "; held before: "


def why_moved(where: str, before: str) -> str:
    """Why nothing leaves from a database that was moved; what held it before is kept in it."""
    return f"{MOVED}{where}{_INSTEAD}" + (f"{_BEFORE}{before}" if before else "")


def moved_to(why: str) -> str:
    """Where everything went if that is why nothing leaves; empty where it is another reason."""
    if not why.startswith(MOVED):
        return ""
    return why.removeprefix(MOVED).partition(_INSTEAD)[0]


def held_before(why: str) -> str:
    """What held the database apart from a move; empty where nothing did."""
    return why.partition(_BEFORE)[2] if moved_to(why) else why


def what_to_do(why: str) -> str:
    """What lets mails leave again, in the fewest words."""
    where = moved_to(why)
    return f"set `database:` to {where}" if where else "`sequencer reconcile`"
