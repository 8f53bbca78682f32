"""How does a mailbox sign in by OAuth? What its provider makes known need not be written."""

import re
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr

from sequencer.files.provider import PRESETS, Provider, TokenServer
from sequencer.files.section import Section
from sequencer.files.settings_form import email_address, one_line, web_address
from sequencer.mail.server import is_loopback

ANY_TENANT = re.compile(r"(?<=//login\.microsoftonline\.com/)(common|consumers)(?=/)")
_TENANT = re.compile(r"[A-Za-z0-9.-]{1,255}")


def _guarded(text: str) -> str:
    """A web address to which secrets may be sent: over TLS, or on this machine."""
    url = web_address(text)
    if url and urlsplit(url).scheme != "https" and not is_loopback(urlsplit(url).hostname or ""):
        raise ValueError("secrets go there, so an address that begins with https:// is expected")
    return url


def _tenant(text: str) -> str:
    if text and not _TENANT.fullmatch(text):
        raise ValueError("a tenant is a domain, such as `example.com`, or an id in hexadecimals")
    return text


Line = Annotated[str, AfterValidator(one_line)]
Guarded = Annotated[str, AfterValidator(_guarded)]
Tenant = Annotated[str, AfterValidator(_tenant)]
Email = Annotated[str, AfterValidator(email_address)]


class ClientSettings(Section):
    """This program as a provider knows it: an application that you have registered there."""

    client_id: Line = Field(min_length=1, description="Id of the application.")
    client_secret: SecretStr | None = Field(
        default=None, description="Its secret, where it has one."
    )


class TenantClientSettings(ClientSettings):
    """The same for Microsoft, where accounts belong to tenants."""

    tenant: Tenant = Field(
        default="", description="Microsoft: the only tenant whose accounts may sign in."
    )


class OauthSettings(TenantClientSettings):
    """How one mailbox gets its access tokens."""

    account: Email = Field(
        default="",
        description="Who signs in, where that is not the mailbox itself: it may be a shared one.",
    )
    token_url: Guarded = Field(
        default="", description="Where tokens come from. Known for Google and Microsoft."
    )
    authorize_url: Guarded = Field(
        default="", description="The page to sign in on. Known for Google and Microsoft."
    )
    device_url: Guarded = Field(
        default="", description="Where a device asks for a code. Known for Microsoft."
    )
    scope: Line = Field(default="", description="What for. Known for Google and Microsoft.")


class ClientsSettings(Section):
    """Applications that all mailboxes of a provider share."""

    google: ClientSettings | None = Field(
        default=None, description="For Gmail and Google Workspace."
    )
    microsoft: TenantClientSettings | None = Field(
        default=None, description="For Microsoft 365 and Outlook.com."
    )


def with_clients(written: Any) -> Any:
    """The settings as written, each mailbox that wants it with the application of its provider."""
    if not isinstance(written, dict):
        return written
    clients, mailboxes = written.get("oauth"), written.get("mailboxes")
    if not (isinstance(clients, dict) and isinstance(mailboxes, dict)):
        return written
    full = {name: _with_client(each, clients) for name, each in mailboxes.items()}
    return {**written, "mailboxes": full}


def completed_oauth(written: dict[str, Any], known: TokenServer) -> dict[str, Any]:
    """The settings with the addresses of the provider, and those of a tenant where one is named."""
    tenant = written.get("tenant")
    is_sound = isinstance(tenant, str) and _TENANT.fullmatch(tenant)
    urls = {
        "token_url": known.url,
        "authorize_url": known.authorize_url,
        "device_url": known.device_url,
    }
    if is_sound:
        urls = {name: ANY_TENANT.sub(str(tenant), url) for name, url in urls.items()}
    return {**urls, "scope": known.scope, **written}


def _with_client(mailbox: Any, clients: Mapping[str, Any]) -> Any:
    if not isinstance(mailbox, dict) or mailbox.get("token_command"):
        return mailbox
    own = mailbox.get("oauth")
    wanted = isinstance(own, dict) or (own is None and mailbox.get("auth") == "xoauth2")
    client = clients.get(_vendor(mailbox.get("provider")))
    if not wanted or not isinstance(client, dict) or "client_id" in (own or {}):
        return mailbox
    return {**mailbox, "oauth": {**client, **(own or {})}}


def _vendor(provider: Any) -> str:
    known = PRESETS[Provider(provider)].oauth if provider in list(Provider) else None
    return known.vendor if known else ""
