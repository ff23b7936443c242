"""The outside world behind small typed protocols; every one has an embedded default."""
