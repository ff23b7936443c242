"""The erasure drill: a throw-away installation, one person erased, seven places looked at, old backups included."""

from portal.cli.drilling.found import Found
from portal.cli.drilling.sequence import drill

__all__ = ["Found", "drill"]
