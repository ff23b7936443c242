"""Spoilt bytes get a declared refusal from every reader of the format; the long run is ``make fuzz``."""

from __future__ import annotations

import pytest

from tools.fuzz import Target, fuzz, targets, tried


def test_nothing_undeclared_is_raised():
    executed, findings = fuzz(0, 400, seed=1)
    assert findings == []
    assert len(executed) == len(targets()) == 13
    assert sum(executed.values()) == 12 * 400 + 20


@pytest.mark.parametrize("target", targets(), ids=lambda target: target.name)
def test_the_examples_are_read(target):
    for example in target.examples:
        assert target.reads(example) is not None


def test_the_fuzzer_would_find_something():
    careless = Target("careless", lambda data: data[16], [bytes(17)], (ValueError,), strict=True)
    assert isinstance(tried(careless, b""), IndexError)
    assert isinstance(tried(careless, bytes(18)), AssertionError)
    assert tried(careless, bytes(17)) is None
