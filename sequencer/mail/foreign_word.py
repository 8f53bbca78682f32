"""What does header text say once its encoded words (RFC 2047) are decoded?

One pass. Neighbouring words of one charset are joined before they are decoded, because many mailers
cut a character in two between words (against section 5).
"""

import binascii

from sequencer.mail.charset import text_in_charset
from sequencer.mail.transfer import from_base64

MAX_WORD = 2_000  # characters; the RFC allows 75, some mailers put a whole subject into one word
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")


def header_text(value: str) -> str:
    """Readable text on one line: words decoded, control characters and runs of space squeezed."""
    return " ".join(without_controls(decode_words(value)).split())


def without_controls(text: str) -> str:
    """Text with spaces for control characters, which terminals obey and databases refuse."""
    return text.translate(_CONTROLS)


def decode_words(value: str) -> str:
    """`value` with every well-formed encoded word replaced by its text."""
    out: list[str] = []
    run: list[bytes] = []  # decoded bytes of words that follow each other in one charset
    charset, at = "", 0
    while (start := value.find("=?", at)) >= 0:
        word = _word_at(value, start)
        if word is None:
            out += [_text(run, charset), value[at : start + 2]]
            run, at = [], start + 2
            continue
        label, content, end = word
        between = value[at:start]
        if not run or between.strip() or label != charset:
            glued = bool(run) and not between.strip()
            out += [_text(run, charset), "" if glued else between]
            run, charset = [], label
        run.append(content)
        at = end
    return "".join([*out, _text(run, charset), value[at:]])


def _text(run: list[bytes], charset: str) -> str:
    return text_in_charset(b"".join(run), charset).text


def _word_at(value: str, start: int) -> tuple[str, bytes, int] | None:
    """Charset, bytes and end of the encoded word that begins at `start`, if one does."""
    limit = start + MAX_WORD
    first = value.find("?", start + 2, limit)
    second = value.find("?", first + 1, limit) if first >= 0 else -1
    end = value.find("?=", second + 1, limit) if second >= 0 else -1
    if end < 0:
        return None
    content = value[second + 1 : end].encode("utf-8", "replace")
    label = value[start + 2 : first].partition("*")[0].lower()  # RFC 2231 section 5: language
    match value[first + 1 : second].lower():
        case "q":
            return label, binascii.a2b_qp(content, header=True), end + 2
        case "b":
            return label, from_base64(content), end + 2
        case _:
            return None
