"""Keys that nobody can guess."""

import secrets


def new_key() -> str:
    """128 random bits as 32 lower-case hexadecimal digits."""
    return secrets.token_hex(16)
