"""What does a provider know this program as, and where is it asked?"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """This program as a provider knows it; public clients have no secret.

    Attributes:
        vendor: whose ways count; empty for a provider of which none are known.
        authorize_url: the page to sign in on; empty where there is none.
        device_url: where a device asks for a code; empty where it cannot.
        redirect_host: name of this machine in the address that the browser comes back to.
    """

    token_url: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    scope: str = ""
    vendor: str = ""
    authorize_url: str = ""
    device_url: str = ""
    redirect_host: str = "127.0.0.1"
