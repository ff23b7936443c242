"""The frozen clock, and what must hold of every due date."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import clock
from portal.clock import OFFICE_HOURS, SHANGHAI, Limit, Span, Step, Unit, WorkingDays, due, working_minutes

A_DAY = 450  # working minutes of one day in office hours


@dataclass(frozen=True)
class Listed:
    day: date
    kind: str = "holiday"
    published: bool = True


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


NAIVE = at("2026-11-20T10:00").replace(tzinfo=None)
NATIONAL_DAY = WorkingDays(
    [Listed(date(2026, 10, day)) for day in range(1, 8)]
    + [Listed(date(2026, 2, day)) for day in range(16, 24)]
    + [Listed(day, "workday") for day in (date(2026, 2, 14), date(2026, 2, 28), date(2026, 10, 10))]
)
PLAIN = WorkingDays([Listed(date(2026, 1, 1))])

listed = st.builds(Listed, st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(["holiday", "workday"]))
calendars = st.lists(listed, max_size=60).map(WorkingDays)
moments = st.integers(0, 330 * 86_400).map(lambda seconds: at("2026-01-01T00:00") + timedelta(seconds=seconds))
minutes = moments.map(lambda moment: moment.replace(second=0))
working_limits = st.one_of(
    st.builds(Limit, st.integers(1, 20), st.just(Unit.WORKING_DAY)),
    st.builds(Limit, st.integers(1, 20 * A_DAY), st.just(Unit.WORKING_MINUTE)),
)
limits = st.one_of(working_limits, st.builds(Limit, st.integers(1, 60 * 24 * 30), st.just(Unit.MINUTE)))


def local(moment):
    return moment.astimezone(SHANGHAI)


def in_hours(moment):
    return any(span.begin <= local(moment).time() <= span.end for span in OFFICE_HOURS)


def test_the_clock_can_be_frozen_for_a_while():
    moment = datetime(2026, 11, 21, 17, tzinfo=UTC)
    with clock.at(moment.astimezone(SHANGHAI)):
        assert clock.now() == moment
        assert clock.now().tzinfo is UTC
        assert clock.today() == date(2026, 11, 22)
    assert clock.now() > moment - timedelta(days=3650)
    with pytest.raises(ValueError), clock.at(NAIVE):
        pass


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-02-13T10:00", 1, "2026-02-14T10:00"),  # a Friday before a Saturday that is worked
        ("2026-02-14T10:00", 1, "2026-02-24T10:00"),
        ("2026-09-30T10:00", 3, "2026-10-10T10:00"),
        ("2026-11-20T17:30", 1, "2026-11-23T17:30"),  # over a plain weekend
        ("2026-11-20T07:12", 1, "2026-11-23T09:00"),  # early: from the beginning
        ("2026-11-20T12:30", 1, "2026-11-23T13:30"),  # at noon: from the afternoon
        ("2026-11-20T21:00", 1, "2026-11-23T18:00"),  # late: from the end of that day
        ("2026-11-21T10:00", 1, "2026-11-23T18:00"),  # Saturday: the whole of Monday
        ("2026-11-22T23:59", 1, "2026-11-23T18:00"),
    ],
)
def test_working_days_keep_the_time_of_day(start, count, end):
    assert due(at(start), Limit(count, Unit.WORKING_DAY), NATIONAL_DAY).at == at(end)


@pytest.mark.parametrize(
    ("start", "amount", "end"),
    [
        ("2026-11-20T11:30", 60, "2026-11-20T14:00"),
        ("2026-11-20T11:30", 30, "2026-11-20T12:00"),
        ("2026-11-20T17:50", 15, "2026-11-23T09:05"),
        ("2026-11-21T10:00", 15, "2026-11-23T09:15"),
        ("2026-09-30T17:59", A_DAY, "2026-10-08T17:59"),
    ],
)
def test_working_minutes_run_in_office_hours(start, amount, end):
    assert due(at(start), Limit(amount, Unit.WORKING_MINUTE), NATIONAL_DAY).at == at(end)


def test_other_hours_can_be_given():
    night = (Span(time(20), time(23)),)
    assert due(at("2026-11-20T10:00"), Limit(1, Unit.WORKING_DAY), PLAIN, night).at == at("2026-11-23T20:00")
    assert due(at("2026-11-20T22:30"), Limit(60, Unit.WORKING_MINUTE), PLAIN, night).at == at("2026-11-23T20:30")
    assert working_minutes(at("2026-11-20T10:00"), at("2026-11-21T00:00"), PLAIN, night) == 180


def test_the_lines_explain_the_sum():
    found = due(at("2026-02-14T20:00"), Limit(1, Unit.WORKING_DAY), NATIONAL_DAY)
    first, *rest = found.lines
    assert (first.step, first.begin, first.end) == (Step.STARTED, at("2026-02-14T20:00"), at("2026-02-14T18:00"))
    assert [(line.step, local(line.begin).day) for line in rest] == [
        (Step.WEEKEND, 15),
        *((Step.HOLIDAY, day) for day in range(16, 24)),
        (Step.COUNTED, 24),
    ]


def test_the_lines_of_minutes_are_the_spans_that_counted():
    found = due(at("2026-11-20T17:00"), Limit(90, Unit.WORKING_MINUTE), PLAIN)
    assert [(line.step, line.begin, line.end) for line in found.lines] == [
        (Step.STARTED, at("2026-11-20T17:00"), at("2026-11-20T17:00")),
        (Step.COUNTED, at("2026-11-20T17:00"), at("2026-11-20T18:00")),
        (Step.WEEKEND, at("2026-11-21T00:00"), at("2026-11-22T00:00")),
        (Step.WEEKEND, at("2026-11-22T00:00"), at("2026-11-23T00:00")),
        (Step.COUNTED, at("2026-11-23T09:00"), at("2026-11-23T09:30")),
    ]


def test_a_due_date_that_rests_on_an_unannounced_year_is_provisional():
    one = Limit(1, Unit.WORKING_DAY)
    assert not due(at("2026-12-30T10:00"), one, PLAIN).provisional
    assert due(at("2026-12-31T10:00"), one, PLAIN).provisional
    assert not due(at("2026-12-31T10:00"), Limit(2 * 24 * 60, Unit.MINUTE), PLAIN).provisional
    ahead = WorkingDays([Listed(date(2026, 1, 1)), Listed(date(2027, 1, 1), published=False)])
    new_year = due(at("2026-12-31T10:00"), one, ahead)
    assert (new_year.at, new_year.provisional) == (at("2027-01-04T10:00"), True)


def test_moments_without_a_zone_and_empty_limits_are_refused():
    with pytest.raises(ValueError):
        due(NAIVE, Limit(1, Unit.MINUTE), PLAIN)
    with pytest.raises(ValueError):
        working_minutes(NAIVE, at("2026-11-20T10:00"), PLAIN)
    with pytest.raises(ValueError):
        working_minutes(at("2026-11-20T10:00"), NAIVE, PLAIN)
    with pytest.raises(ValueError):
        Limit(0, Unit.MINUTE)


@given(moments, st.integers(1, 10_000), calendars)
def test_plain_minutes_ignore_the_calendar(start, amount, days):
    found = due(start, Limit(amount, Unit.MINUTE), days)
    assert found.at - start == timedelta(minutes=amount)
    assert found.at.tzinfo is UTC


@given(moments, working_limits, calendars)
def test_working_limits_end_in_working_hours(start, limit, days):
    end = due(start, limit, days).at
    assert days.is_working(local(end).date())
    assert in_hours(end)
    assert end > start


@given(moments, moments, limits, calendars)
def test_what_begins_later_is_not_due_earlier(one, other, limit, days):
    early, late = sorted([one, other])
    assert due(early, limit, days).at <= due(late, limit, days).at


@given(moments, limits, calendars)
def test_more_time_ends_later(start, limit, days):
    assert due(start, limit, days).at < due(start, Limit(limit.amount + 1, limit.unit), days).at


@given(moments, working_limits, st.lists(listed, max_size=40), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_another_holiday_never_makes_it_earlier(start, limit, rows, holiday):
    without = [row for row in rows if row.day != holiday]
    before = due(start, limit, WorkingDays(rows)).at
    assert due(start, limit, WorkingDays([*without, Listed(holiday)])).at >= before


@given(moments, working_limits, st.lists(listed, max_size=40), st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_another_workday_never_makes_it_later(start, limit, rows, worked):
    without = [row for row in rows if row.day != worked]
    before = due(start, limit, WorkingDays(rows)).at
    assert due(start, limit, WorkingDays([*without, Listed(worked, "workday")])).at <= before


@given(moments, st.integers(1, 20), calendars)
def test_exactly_so_many_working_days_are_counted(start, count, days):
    found = due(start, Limit(count, Unit.WORKING_DAY), days)
    passed = (local(found.at).date() - start.date()).days
    after = [start.date() + timedelta(n) for n in range(1, passed + 1)]
    assert sum(map(days.is_working, after)) == count
    if days.is_working(start.date()) and in_hours(start):
        assert local(found.at).time() == start.time()


@given(moments, working_limits, calendars)
def test_every_day_from_start_to_end_has_its_line(start, limit, days):
    first, *rest = due(start, limit, days).lines
    assert (first.step, first.begin) == (Step.STARTED, start)
    off = {local(line.begin).date() for line in rest if line.step is not Step.COUNTED}
    counted = [local(line.begin).date() for line in rest if line.step is Step.COUNTED]
    between = {start.date() + timedelta(n) for n in range((counted[-1] - start.date()).days + 1)}
    assert off == {day for day in between if not days.is_working(day)}
    assert all(map(days.is_working, counted))
    assert between - off <= {start.date(), *counted}


@given(minutes, st.integers(1, 5000), calendars)
def test_the_minutes_to_the_due_moment_are_the_limit(start, amount, days):
    end = due(start, Limit(amount, Unit.WORKING_MINUTE), days).at
    assert working_minutes(start, end, days) == amount
    assert working_minutes(end, start, days) == 0


@given(minutes, st.integers(1, 2000), st.integers(1, 2000), calendars)
def test_stopping_and_going_on_at_once_changes_nothing(start, first, rest, days):
    halfway = due(start, Limit(first, Unit.WORKING_MINUTE), days).at
    whole = due(start, Limit(first + rest, Unit.WORKING_MINUTE), days).at
    assert due(halfway, Limit(rest, Unit.WORKING_MINUTE), days).at == whole


@given(minutes, st.integers(1, 20), calendars)
def test_a_working_day_is_as_many_minutes_as_its_hours(start, count, days):
    end = due(start, Limit(count, Unit.WORKING_DAY), days).at
    assert working_minutes(start, end, days) == count * A_DAY


def test_a_begun_minute_counts_in_full():
    assert working_minutes(at("2026-11-20T10:00:30"), at("2026-11-20T10:01:00"), PLAIN) == 1
    assert working_minutes(at("2026-11-20T12:10"), at("2026-11-20T13:20"), PLAIN) == 0
