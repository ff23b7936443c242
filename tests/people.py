"""The cast: everybody a test speaks about, always the same people in the same homes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Known:
    """One of the cast. Homes are ``code:relation``; staff have a role instead."""

    key: str
    name: str
    phone: str
    role: str = ""
    homes: tuple[str, ...] = ()
    badge: str = ""
    elsewhere: bool = False


CAST = {
    known.key: known
    for known in (
        Known("owner", "林晓雯", "12900000001", homes=("1-1-0101:owner", "1-1-0201:owner")),
        Known("co_owner", "许泽明", "12900000002", homes=("1-1-0101:co_owner",)),
        Known("neighbour", "张洪生", "12900000003", homes=("1-1-0102:owner",)),
        Known("service_agent", "沈佳", "12900000101", "service_agent"),
        Known("dispatcher", "方晓敏", "12900000102", "dispatcher"),
        Known("technician", "周建国", "12900000111", "technician", badge="0317"),
        Known("other_technician", "王志强", "12900000112", "technician", badge="0320"),
        Known("manager", "顾立新", "12900000103", "manager"),
        Known("auditor", "秦慧芳", "12900000104", "auditor"),
        Known("admin", "唐一鸣", "12900000105", "admin"),
        Known("stranger", "何志远", "12900000199", "manager", elsewhere=True),
    )
}
HOMES = {"1-1-0101": date(2025, 6, 28), "1-1-0102": date(2025, 6, 28), "1-1-0201": date(2021, 5, 20)}
# The second home was bought from its first owner, long after the handover.
BEGAN = HOMES | {"1-1-0201": date(2025, 12, 1)}
SPACES = (("master_bath", "主卫", "Main bathroom"), ("kitchen", "厨房", "Kitchen"), ("living", "客厅", "Living room"))
