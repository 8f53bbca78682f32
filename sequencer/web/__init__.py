"""The web face: opt-out, meetings and handovers, the API and webhooks, through the engine."""
