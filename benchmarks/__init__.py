"""Measurements as ratios against a named reference in one run: ``python -m benchmarks NAME --json [--check]``."""
