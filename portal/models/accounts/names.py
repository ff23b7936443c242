"""How a person of the staff is called in front of an owner: by family name."""

from __future__ import annotations

import unicodedata

# The family names of two characters that are in common use; everybody else's has one.
COMPOUND = (
    *("欧阳", "太史", "端木", "上官", "司马", "东方", "独孤", "南宫", "万俟", "闻人", "夏侯", "诸葛", "尉迟", "公羊"),
    *("赫连", "澹台", "皇甫", "宗政", "濮阳", "公冶", "太叔", "申屠", "公孙", "慕容", "仲孙", "钟离", "长孙", "宇文"),
    *("司徒", "鲜于", "司空", "闾丘", "子车", "亓官", "司寇", "令狐", "呼延", "轩辕"),
)


def family_name(name: str) -> str:
    """The family name: the first character or two of a Chinese name, the last word of any other."""
    name = name.strip()
    if not name:
        return ""
    if unicodedata.east_asian_width(name[0]) != "W":
        return name.split()[-1]
    return name[:2] if name.startswith(COMPOUND) and len(name) > 2 else name[0]


def family_initial(name: str) -> str:
    """The first character of the family name; empty where there is no name."""
    return family_name(name)[:1]
