"""The key of an interaction: the same for the same record, in order of time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotator.reading import times
from annotator.reading.errors import BadRecord
from feedback.ingest.ids import first_id, interaction_id, new_external_id

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
moments = st.datetimes(datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def test_the_same_record_has_the_same_key_for_ever():
    # Written down: another value would let every retry in a second time.
    assert str(interaction_id(7, "call-1", NOON)) == "01a1f8d3-ea00-7e21-8197-30915f3caa9a"


def test_project_name_and_millisecond_each_make_another_key():
    keys = {
        interaction_id(project, name, when)
        for project in (1, 11)
        for name in ("1", "a", "")
        for when in (NOON, NOON + timedelta(milliseconds=1))
    }
    assert len(keys) == 12
    assert interaction_id(1, "a", NOON) == interaction_id(1, "a", NOON + timedelta(microseconds=999))


@given(moments, moments, st.text(), st.integers(1, 2**63))
def test_keys_are_uuid7_and_sort_by_time(one, other, name, project):
    first, second = sorted((one, other))
    left, right = interaction_id(project, name, first), interaction_id(project, name, second)
    assert (left.version, left.variant) == (7, "specified in RFC 4122")
    assert left <= right
    assert first_id(first) <= left
    if second - first >= timedelta(milliseconds=1):
        assert left < first_id(second)


def test_made_ids_do_not_repeat():
    assert len({new_external_id() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("2026-11-20T12:00:00Z", NOON),
        ("2026-11-20T21:00:00.000+09:00", NOON),
        ("2026-11-20 12:00:00+00:00", NOON),
        ("20261120T120000Z", NOON),
        (NOON.timestamp(), NOON),
        (NOON.timestamp() * 1000, NOON),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_times_that_are_understood(sent, read):
    assert times.moment("occurred_at", sent) == read


@pytest.mark.parametrize(
    "sent",
    ["", "12:00", "2026-11-20T12:00:00", "2026-02-30T00:00:00Z", -0.001, 1e300, float("inf"), float("nan")],
)
def test_times_that_are_refused(sent):
    with pytest.raises(BadRecord) as refused:
        times.moment("occurred_at", sent)
    assert refused.value.field == "occurred_at"


def test_a_time_without_a_zone_is_read_in_the_zone_one_names():
    from zoneinfo import ZoneInfo

    assert times.moment("occurred_at", "2026-11-20T21:00:00", ZoneInfo("Asia/Seoul")) == NOON
