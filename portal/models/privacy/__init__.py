"""What people and auditors are owed: the chain of what was done, and who looked at whom."""
