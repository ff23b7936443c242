"""A whole installation for a test: keys, tables, catalogue and the cast, copied from one that was made once."""
