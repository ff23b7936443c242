"""Searching two hundred thousand people by their names."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from statistics import quantiles

from benchmarks.result import Result
from portal.models.base import new_id
from portal.models.customers.names import NameIndex

PEOPLE = 200_000
SEARCHES = 2_000
# The commonest family names, and characters that given names are often made of.
FAMILIES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅文辉力建国庆鹏飞宇轩子涵雨桐梓浩然欣怡晓雯思佳俊博天"


def run() -> list[Result]:
    """Two characters of a name, pinyin from the start of it, and initials, in turn; the slowest sort counts."""
    drawn = random.Random(7)
    names = [_name(drawn) for _ in range(PEOPLE)]
    index = NameIndex()
    for name in names:
        index.put(new_id().bytes, name)
    sorts: dict[str, Callable[[], str]] = {
        "two characters": lambda: drawn.choice(names)[-2:],
        "pinyin": lambda: "lin" + drawn.choice(("xiao", "wen", "zi", "jian", "yu")),
        "initials": lambda: "".join(drawn.choice("wlzlcyzhzw") for _ in range(3)),
    }
    found = {}
    for sort, text in sorts.items():
        taken = []
        for _ in range(SEARCHES // len(sorts)):
            query = text()
            begun = time.perf_counter()
            index.find(query)
            taken.append((time.perf_counter() - begun) * 1000)
        found[sort] = quantiles(taken, n=20)[18]
    what = "name search among 200,000, p95 ms: " + ", ".join(f"{sort} {ms:.2f}" for sort, ms in found.items())
    return [Result.at_most("name_search_ms", what, max(found.values()), 5, 1)]


def _name(drawn: random.Random) -> str:
    return drawn.choice(FAMILIES) + "".join(drawn.choice(GIVEN) for _ in range(drawn.choice((1, 2, 2))))
