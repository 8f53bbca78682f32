"""Where does the log go, and in which form?"""

import json
import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_FIRST = ("timestamp", "level", "event")
_ODD = re.compile(r'[\s="\\\x00-\x1f\x7f-\x9f]')
_UNESCAPED = re.compile(r"[\x7f-\x9f\u2028\u2029]")  # controls that JSON lets through


def configure(*, as_json: bool, quiet: bool = False) -> None:
    """Logs on standard error: one event per line, control characters escaped, no secrets in it."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    renderer: Processor = structlog.processors.JSONRenderer() if as_json else logfmt
    least = logging.WARNING if quiet else logging.NOTSET
    lines = structlog.WriteLogger(sys.stderr)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(least),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        logger_factory=lambda *_names: lines,  # asked for with every event
    )


def logfmt(_logger: WrappedLogger, _level: str, event: EventDict) -> str:
    """The event as `key=value` with blanks between; a line for every mail, so it has to be cheap.

    A value that is not one plain word is written as JSON would.
    """
    words = [_word(key, event.pop(key, None)) for key in _FIRST]
    words.extend([_word(key, value) for key, value in event.items()])
    return " ".join(words)


def _word(key: str, value: object) -> str:
    if value is None:
        return f"{key}="
    if value is True:
        return key
    if value is False:
        return f"{key}=false"
    text = str(value)
    return f"{key}={_quoted(text) if _ODD.search(text) else text}"


def _quoted(text: str) -> str:
    escaped = json.dumps(text, ensure_ascii=False)
    return _UNESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)
