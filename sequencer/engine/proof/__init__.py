"""Each promise of this engine, proved afterwards from the database alone."""
