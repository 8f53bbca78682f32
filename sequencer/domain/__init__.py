"""Frozen values and pure functions: no clock, no chance, no I/O."""
