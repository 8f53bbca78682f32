"""An outreach engine for inside sales: cadences in YAML, sent through the reps' own mailboxes."""

__version__ = "0.1.0"
