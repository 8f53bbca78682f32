"""From a draft to the bytes that are sent, stored, and sent again if it must be.

A small strict writer. The standard library's takes forty times as long, and writes long
identifiers and opt-out URIs as encoded words, which nobody reads there. All is ASCII, lines end
with CRLF, each header stands once, and a value that cannot be written is an error, never a guess.
"""

import re
from collections.abc import Iterator

from sequencer.mail.address_header import address_header, known_address_header
from sequencer.mail.body import alternative, single
from sequencer.mail.compose_error import ComposeError
from sequencer.mail.draft import Draft
from sequencer.mail.enclosure import mixed
from sequencer.mail.header import date_header, header_of_tokens, text_header, token_header
from sequencer.mail.message_id import is_message_id

__all__ = ["ComposeError", "compose"]

TEST = "X-Sequencer-Test: yes"  # what one of ourselves sent to see it
_ONE_CLICK = "https:"
_URI = re.compile(r"(?:https|http|mailto):[!-+\--;=?-~]+", re.IGNORECASE)  # no comma, no < and >


def compose(draft: Draft, *, smtputf8: bool = False) -> bytes:
    """The whole mail with CRLF, not dot-stuffed; ends with a line break.

    There is no Auto-Submitted and no Precedence: the mail is a person's, and asks for an answer.

    Args:
        draft: what to write.
        smtputf8: allow addresses with other than ASCII letters before the @, as UTF-8. Only for a
            server that offers SMTPUTF8 (RFC 6531). All else stays ASCII.

    Raises:
        ComposeError: a value cannot be written; it names the header.
    """
    headers = "\r\n".join(_fields(draft, smtputf8=smtputf8)).encode()
    if draft.html is None:
        body = single(draft.text)
    else:
        body = alternative(draft.message_id, draft.text, draft.html)
    if draft.enclosures:
        body = mixed(draft.message_id, body, draft.enclosures)
    return b"%b\r\n%b" % (headers, body)


def _fields(draft: Draft, *, smtputf8: bool) -> Iterator[str]:
    yield known_address_header("From", draft.sender, smtputf8=smtputf8)
    yield address_header("To", draft.recipient, smtputf8=smtputf8)
    yield text_header("Subject", draft.subject)
    yield date_header(draft.date)
    yield _ids_header("Message-ID", draft.message_id)
    if draft.in_reply_to is not None:
        yield _ids_header("In-Reply-To", draft.in_reply_to)
    if draft.references:
        yield _ids_header("References", *draft.references)
    if draft.list_unsubscribe:
        yield from _unsubscribe_fields(draft.list_unsubscribe)
    if draft.ref:
        yield token_header("X-Sequencer-Ref", [draft.ref])
    if draft.is_test:
        yield TEST
    yield "MIME-Version: 1.0"


def _ids_header(name: str, *ids: str) -> str:
    if not all(map(is_message_id, ids)):
        raise ComposeError(name, "holds something that is no Message-ID in angle brackets")
    return header_of_tokens(name, ids)


def _unsubscribe_fields(uris: tuple[str, ...]) -> Iterator[str]:
    """The ways out (RFC 2369), and the promise that one POST is enough (RFC 8058), if it is."""
    if not all(map(_URI.fullmatch, uris)):
        raise ComposeError(
            "List-Unsubscribe", "holds something that is no http, https or mailto URI"
        )
    *before, last = [f"<{uri}>" for uri in uris]
    yield token_header("List-Unsubscribe", [*[f"{each}," for each in before], last])
    if any(uri[: len(_ONE_CLICK)].lower() == _ONE_CLICK for uri in uris):
        yield "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
