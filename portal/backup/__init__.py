"""Backup and restore: three sets that are never in one folder, whole and verified, or not there.

The database without its blind indexes, and the objects of files; the key store; the epoch store with the erasure
ledger. What erasure rests on stands in docs/backups.md.
"""
