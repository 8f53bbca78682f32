"""A mail world in one process: real servers on loopback, and invented people who behave."""
