"""Whose data lie where, what for, and until when; people's rights over them; the chain of what was done to them."""
