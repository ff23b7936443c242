"""Whose data lie where, what for, and until when; people's rights over them: erasure, and how it stays so."""
