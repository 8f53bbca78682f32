"""OAuth 2.0 towards mail providers: people sign in (RFC 6749, 7636, 8252, 8628), tokens renew."""

from sequencer.adapters.oauth.client import OAuthClient
from sequencer.adapters.oauth.provider import OAuthProvider

__all__ = ["OAuthClient", "OAuthProvider"]
