"""Calendars of reps: what is there, how is it asked for? Read only, and never much of it."""
