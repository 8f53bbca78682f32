"""The engine in a world of chance: one seed decides people, servers, failures and time."""
