"""What people write (YAML, templates, CSV, settings), read into domain values."""
