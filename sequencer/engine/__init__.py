"""The use cases: transactions that join the store with the ports."""
