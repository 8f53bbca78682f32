"""Read a file that a person wrote, as text, with a plain word for everything that can go wrong."""

from pathlib import Path

from sequencer.files.problem import ConfigError, Problem

AS_UTF8 = "save the file with the encoding UTF-8"


def read_text(path: Path, shown: str, max_bytes: int) -> str:
    """Text of a UTF-8 file (with or without BOM), its line ends as line feeds.

    Args:
        path: the file.
        shown: how messages call it.
        max_bytes: size that it must not exceed.

    Raises:
        ConfigError: it cannot be read, is too large, or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(max_bytes + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = Problem(shown, None, None, f"the file cannot be read: {reason}")
        raise ConfigError([problem.of_rule("unreadable-file")]) from error
    if len(content) > max_bytes:
        message = f"the file is larger than {max_bytes // 1024} kB"
        raise ConfigError([Problem(shown, None, None, message).of_rule("unreadable-file")])
    return decoded(content, shown).replace("\r\n", "\n").replace("\r", "\n")


def decoded(content: bytes, shown: str) -> str:
    """The bytes as UTF-8, without a BOM.

    Raises:
        ConfigError: they are not UTF-8; the problem names line and byte.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line = before.count(b"\n") + 1
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        message = f"byte {column} of this line, 0x{content[error.start]:02x}, is not UTF-8"
        problem = Problem(shown, line, None, message, AS_UTF8)
        raise ConfigError([problem.of_rule("unreadable-file")]) from None
