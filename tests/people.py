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
        Known("tenant", "柳依依", "12900000004", homes=("1-1-0201:tenant",)),
        Known("proxy", "裴子昂", "12900000005"),
        Known("prospect", "谭若水", "12900000006"),
        Known("sales_adviser", "莫知秋", "12900000121", "sales_adviser"),
        Known("service_agent", "沈佳", "12900000101", "service_agent"),
        Known("dispatcher", "方晓敏", "12900000102", "dispatcher"),
        Known("technician", "周建国", "12900000111", "technician", badge="0317"),
        Known("other_technician", "王志强", "12900000112", "technician", badge="0320"),
        Known("contractor", "雷振东", "12900000122", "contractor"),
        Known("crew", "石大勇", "12900000123", "contractor_worker", badge="C021"),
        Known("inspector", "贺兰亭", "12900000124", "inspector"),
        Known("complaint_officer", "苏曼青", "12900000125", "complaint_officer"),
        Known("return_visitor", "丁香凝", "12900000126", "return_visitor"),
        Known("care", "白露晞", "12900000127", "care"),
        Known("editor", "卢文昭", "12900000128", "editor"),
        Known("manager", "顾立新", "12900000103", "manager"),
        Known("head_office", "钟鸣远", "12900000129", "head_office"),
        Known("auditor", "秦慧芳", "12900000104", "auditor"),
        Known("admin", "唐一鸣", "12900000105", "admin"),
        Known("stranger", "何志远", "12900000199", "manager", elsewhere=True),
    )
}
HOMES = {"1-1-0101": date(2025, 6, 28), "1-1-0102": date(2025, 6, 28), "1-1-0201": date(2021, 5, 20)}
# The second home was bought from its first owner, long after the handover.
BEGAN = HOMES | {"1-1-0201": date(2025, 12, 1)}
SPACES = (("master_bath", "主卫", "Main bathroom"), ("kitchen", "厨房", "Kitchen"), ("living", "客厅", "Living room"))
