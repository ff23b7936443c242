"""Whose data lie where, what for, and until when."""
