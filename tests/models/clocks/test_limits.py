"""One limit for every step of every priority, and who beats whom."""

from datetime import date

import pytest
from sqlalchemy import select

from portal.clock import Limit, Unit
from portal.models.base import new_id
from portal.models.catalogue import Metric, Priority, ServiceLimit
from portal.models.clocks import NoLimitError, limit_for, limits_for

STEPS = (Metric.FIRST_RESPONSE, Metric.ON_SITE, Metric.COMPLETE)
EXPECTED = {
    Priority.EMERGENCY: ("PD1", "PD2", "PD4"),
    Priority.URGENT: ("PD5", "PD6", "PD7"),
    Priority.NORMAL: ("PD8", "PD9", "PD10"),
    Priority.COMPLEX: ("SD1", "PD9", "PD12"),
    Priority.PARTS: ("SD1", "PD9", "PD13"),
}
HERE, THERE = new_id(), new_id()


def own(priority, metric, amount, development_id=HERE, code="OWN-1"):
    return ServiceLimit(
        code=code,
        version=1,
        valid_from=date(2026, 1, 1),
        source="own",
        shipped=False,
        development_id=development_id,
        scope_zh="本项目",
        scope_en="Own",
        priority=priority,
        metric=metric,
        amount=amount,
        unit="h",
        clock="calendar",
        provider="own",
        adopted=True,
        confidence="suggested",
    )


@pytest.mark.parametrize("priority", list(Priority))
def test_every_step_of_every_priority_has_its_one_limit(loaded, priority):
    assert tuple(limit_for(priority, metric).code for metric in STEPS) == EXPECTED[priority]
    for metric in STEPS:
        limit = limit_for(priority, metric)
        assert limit.limit.unit in {Unit.MINUTE, Unit.WORKING_DAY}
        same = select(ServiceLimit).where(
            ServiceLimit.adopted.is_(True),
            ServiceLimit.valid_to.is_(None),
            ServiceLimit.priority == limit.priority,
            ServiceLimit.metric == metric,
        )
        assert loaded.session.scalars(same).all() == [limit]


def test_limits_say_whole_minutes_or_working_days(loaded):
    assert limit_for("emergency", "first_response").limit == Limit(5, Unit.MINUTE)
    assert limit_for("urgent", "complete").limit == Limit(48 * 60, Unit.MINUTE)
    assert limit_for("parts", "on_site").limit == Limit(3, Unit.WORKING_DAY)
    assert limit_for("inspection", "notice").limit == Limit(7 * 24 * 60, Unit.MINUTE)


def test_further_steps_exist_only_where_the_catalogue_adopts_them(loaded):
    assert limit_for("emergency", "contain").code == "PD3"
    assert limit_for("complex", "plan").code == "PD11"
    assert limit_for("complaint", "first_reply").code == "SD2"
    assert limit_for("normal", "callback").code == "SL12"
    with pytest.raises(NoLimitError):
        limit_for("normal", "contain")


def test_a_withdrawn_limit_no_longer_holds(loaded):
    limit_for("normal", "complete").valid_to = date(2026, 12, 1)
    with pytest.raises(NoLimitError):
        limit_for("normal", "complete")


def test_a_development_overrides_the_default_for_itself_alone(loaded):
    loaded.session.add(own("normal", "first_response", 1))
    assert limit_for("normal", "first_response", HERE).code == "OWN-1"
    assert limit_for("normal", "first_response", THERE).code == "PD8"
    assert limit_for("normal", "first_response").code == "PD8"


def test_a_developments_rule_for_any_priority_does_not_slow_emergencies(loaded):
    loaded.session.add(own("any", "first_response", 8))
    assert limit_for("emergency", "first_response", HERE).code == "PD1"
    assert limit_for("complex", "first_response", HERE).code == "OWN-1"


def test_a_row_for_the_priority_beats_what_a_normal_repair_lends(loaded):
    loaded.session.add(own("complex", "on_site", 24, development_id=None))
    assert limit_for("complex", "on_site").code == "OWN-1"
    assert limit_for("parts", "on_site").code == "PD9"


def test_all_limits_of_a_priority_come_together(loaded):
    assert {metric: row.code for metric, row in limits_for("complex").items()} == {
        "first_response": "SD1",
        "on_site": "PD9",
        "plan": "PD11",
        "complete": "PD12",
        "callback": "SL12",
        "recurrence_window": "SL18",
    }
