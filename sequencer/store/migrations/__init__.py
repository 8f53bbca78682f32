"""Steps from one schema to the next, run from code on a connection of our own."""
