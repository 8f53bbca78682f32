"""Which version was made the one that runs, when and by whom; and who agreed to a plan."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sequencer.store.columns import cut
from sequencer.store.database import Connection
from sequencer.store.desk_tables import ApplicationRow, ApprovalRow
from sequencer.store.insert import insert_new

KEY_LENGTH = 128  # of who agrees


@dataclass(frozen=True, slots=True)
class Application:
    """One version that was made the one that runs.

    Attributes:
        plan: names the plan it was done by, empty without one.
        moved: people under way who went over to it by that.
    """

    slug: str
    version_hash: str
    at: datetime
    by: str
    plan: str = ""
    moved: int = 0


def add(connection: Connection, new: Application) -> int:
    """Number of the application, now stored."""
    query = sa.insert(ApplicationRow).values(
        slug=new.slug,
        version_hash=new.version_hash,
        at=new.at,
        by=cut(new.by),
        plan=new.plan,
        moved=new.moved,
    )
    return connection.execute(query.returning(ApplicationRow.id)).scalar_one()


def count_moved(connection: Connection, application_id: int, people: int) -> None:
    """Note that so many more people have gone over."""
    connection.execute(
        sa.update(ApplicationRow)
        .where(ApplicationRow.id == application_id)
        .values(moved=ApplicationRow.moved + people)
    )


def approve(connection: Connection, plan: str, by: str, now: datetime) -> bool:
    """Whether somebody agrees to a plan who did not before."""
    values = {"plan": plan, "by": cut(by, KEY_LENGTH), "at": now}
    return insert_new(connection, ApprovalRow, values)


def approved_by(connection: Connection, plan: str) -> list[str]:
    """Who agreed to a plan."""
    query = sa.select(ApprovalRow.by).where(ApprovalRow.plan == plan).order_by(ApprovalRow.at)
    return list(connection.execute(query).scalars())
