"""A B A B: what is compared runs in turn, in another order each round; a ratio is the median of the rounds' ratios."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median

Seconds = dict[str, list[float]]


def rounds(variants: Mapping[str, Callable[[], object]], count: int, warm: int = 3) -> Seconds:
    """How long each variant took in each round. Nothing is collected while it runs."""
    order = list(variants)
    for name in order * warm:
        variants[name]()
    taken: Seconds = {name: [] for name in order}
    shuffled = random.Random(1)
    for _ in range(count):
        shuffled.shuffle(order)
        for name in order:
            taken[name].append(_timed(variants[name]))
    return taken


def ratio(taken: Seconds, variant: str, reference: str) -> float:
    """The median of the ratios, round by round."""
    return median(mine / theirs for mine, theirs in zip(taken[variant], taken[reference], strict=True))


def _timed(run: Callable[[], object]) -> float:
    with _uncollected():
        begun = time.perf_counter()
        run()
        return time.perf_counter() - begun


@contextmanager
def _uncollected() -> Iterator[None]:
    gc.collect(0)
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
