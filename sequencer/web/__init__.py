"""The web face: one-click opt-out and webhooks, through engine and bootstrap."""
