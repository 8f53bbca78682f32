"""The command line: a face that reaches the rest through engine and bootstrap."""
