"""Some tools tell too little in a delivery: they are asked for the rest before it is used.

That may take as long as their servers like, so it is done beside everything else.
"""

from collections.abc import Mapping
from datetime import timedelta

import structlog

from sequencer.domain.booking import AskError, DeliveryError
from sequencer.engine.hooks import LookUp, Source
from sequencer.engine.world import World
from sequencer.store import hooks, wake
from sequencer.store.database import Connection, DatabaseError
from sequencer.store.hooks import ToAsk

log = structlog.get_logger()

AGAIN = timedelta(minutes=5)
PATIENCE = timedelta(hours=24)  # for that long tools try again themselves where we do not answer


def asks(sources: Mapping[str, Source]) -> dict[str, LookUp]:
    """The tools that have to be asked, by name."""
    return {name: source.look_up for name, source in sources.items() if source.look_up}


async def ask_tools(world: World, sources: Mapping[str, Source]) -> None:
    """Ask for all deliveries that wait for it; one that gets no answer keeps no other waiting."""
    now = world.clock.now()
    look_ups = asks(sources)
    for delivery in await world.read(hooks.to_ask, now):
        look_up = look_ups.get(delivery.source)
        if look_up is None:
            why = f"{delivery.source} is not asked any more"
            await world.write(hooks.ask_no_more, delivery.id, why)
            continue
        await _ask(world, look_up, delivery)


async def _ask(world: World, look_up: LookUp, delivery: ToAsk) -> None:
    now = world.clock.now()
    try:
        whole = await look_up(delivery.body)
    except DatabaseError:
        raise
    except AskError as error:
        if now - delivery.stored_at < PATIENCE:
            await world.write(hooks.ask_later, delivery.id, now + AGAIN, str(error))
            return
        await _give_up(world, delivery, str(error))
    except DeliveryError as error:
        await _give_up(world, delivery, str(error))
    except Exception as error:
        log.exception("look_up_failed", delivery=delivery.id)
        await _give_up(world, delivery, f"internal error: {error!r}")
    else:
        await world.write(_asked, delivery.id, whole)


def _asked(connection: Connection, number: int, whole: bytes) -> None:
    hooks.asked(connection, number, whole)
    wake.call(connection, [wake.CHORES])


async def _give_up(world: World, delivery: ToAsk, why: str) -> None:
    log.warning("hook_failed", source=delivery.source, problem=why)
    await world.write(hooks.ask_no_more, delivery.id, why)
