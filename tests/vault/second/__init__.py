"""A second reader and writer of the sealed format, from its text alone: another library, and no line of the vault's."""
