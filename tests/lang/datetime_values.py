# datetime with its native half: texts both ways, arithmetic, comparison, zones, folds, states, and what is refused.
import copy
import datetime
import os
import pickle
import time
from datetime import date, time as clock, timedelta, timezone, tzinfo

moment = datetime.datetime


def refused(function, *arguments, **keywords):
    try:
        function(*arguments, **keywords)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    raise AssertionError("nothing was raised")


# Durations.
assert repr(timedelta(weeks=1, milliseconds=-1)) == "datetime.timedelta(days=6, seconds=86399, microseconds=999000)"
assert str(timedelta(-1, 5, 6)) == "-1 day, 0:00:05.000006" and str(timedelta(2)) == "2 days, 0:00:00"
assert timedelta(microseconds=0.5) == timedelta(0) and timedelta(microseconds=1.5) == timedelta(microseconds=2)
assert timedelta(1) / 3 == timedelta(seconds=28800) and timedelta(1) / timedelta(hours=5) == 4.8
assert divmod(timedelta(1), timedelta(hours=5)) == (4, timedelta(hours=4)) and timedelta(1) * 0.1 == timedelta(seconds=8640)
assert timedelta(0, 0, 86400 * 10**15 - 1) == timedelta.max and timedelta(0, 0, 2**65).days == 427007964
assert timedelta.max.total_seconds() == 86399999999999.999999 and hash(timedelta(1)) == hash((1, 0, 0))
assert refused(timedelta, 10**9) == "OverflowError: days=1000000000; must have magnitude <= 999999999"
assert refused(timedelta, "a") == "TypeError: unsupported type for timedelta days component: str"
assert refused(lambda: timedelta(1) / 0) == "ZeroDivisionError: integer division or modulo by zero"
assert refused(lambda: timedelta(1) * float("nan")) == "ValueError: cannot convert NaN to integer ratio"

# Dates.
day = date(2000, 2, 29)
assert day.isocalendar() == (2000, 9, 2) and repr(day.isocalendar()) == "datetime.IsoCalendarDate(year=2000, week=9, weekday=2)"
assert [date.fromisoformat(text) for text in ("2000-02-29", "20000229", "2000-W09-2", "2000W092")] == [day] * 4
assert date.fromisocalendar(2020, 53, 7) == date(2021, 1, 3) and date.fromordinal(day.toordinal()) == day
assert day + timedelta(1) == date(2000, 3, 1) and date.max - date.min == timedelta(3652058)
assert f"{day:%d.%m.%Y}" == "29.02.2000" and day.ctime() == "Tue Feb 29 00:00:00 2000"
assert day.timetuple() == (2000, 2, 29, 0, 0, 0, 1, 60, -1) and isinstance(day.timetuple(), time.struct_time)
assert refused(date, 2001, 2, 29) == "ValueError: day is out of range for month"
assert refused(date, 1) == "TypeError: function missing required argument 'month' (pos 2)"
assert refused(lambda: date.max + timedelta(1)) == "OverflowError: date value out of range"
assert refused(date.fromisoformat, "2000-1-1") == "ValueError: Invalid isoformat string: '2000-1-1'"
assert refused(lambda: day < moment(2000, 1, 1)) == "TypeError: can't compare datetime.datetime to datetime.date"

# Times and zones.
plus = timezone(timedelta(hours=1, seconds=5))
assert repr(clock(1, 2, 3, 4, plus, fold=1)) == (
    "datetime.time(1, 2, 3, 4, tzinfo=datetime.timezone(datetime.timedelta(seconds=3605)), fold=1)")
assert clock(1, 2, tzinfo=plus).isoformat("minutes") == "01:02+01:00:05" and str(plus) == "UTC+01:00:05"
assert clock.fromisoformat("T010203,5-0030") == clock(1, 2, 3, 500000, timezone(-timedelta(minutes=30)))
assert clock(1, tzinfo=timezone.utc) == clock(2, 0, 5, tzinfo=plus) and clock(1) != clock(1, tzinfo=plus)
assert refused(lambda: clock(1) < clock(1, tzinfo=plus)) == "TypeError: can't compare offset-naive and offset-aware times"
assert refused(timezone, timedelta(1)).startswith("ValueError: offset must be a timedelta strictly between")
assert refused(clock, 24) == "ValueError: hour must be in 0..23"
assert timezone(timedelta(0)) is timezone.utc and refused(tzinfo().utcoffset, None).startswith("NotImplementedError")

# Moments.
at = moment(2024, 5, 6, 7, 8, 9, 10, timezone.utc)
assert at.isoformat() == "2024-05-06T07:08:09.000010+00:00" and moment.fromisoformat("20240506T070809.00001Z") == at
assert moment.fromisoformat("2024-W19-1\u00fc07") == moment(2024, 5, 6, 7)
assert at.astimezone(plus) == at and at.astimezone(plus).hour == 8 and at - moment(2024, 5, 6, tzinfo=plus) == timedelta(0, 29294, 10)
assert at.timestamp() == 1714979289.00001 and moment.fromtimestamp(1714979289.00001, timezone.utc) == at
assert moment.utcfromtimestamp(-1.5) == moment(1969, 12, 31, 23, 59, 58, 500000)
assert moment.combine(day, clock(5, fold=1)).fold == 1 and moment.strptime("2000 7", "%Y %m") == moment(2000, 7, 1)
assert at.strftime("%Y %f %z %Z %%") == "2024 000010 +0000 UTC %"
assert moment(2000, 1, 1) != day.replace(month=1, day=1) and at.replace(tzinfo=None).replace(year=1).year == 1
assert refused(lambda: moment(1, 1, 1) - at) == "TypeError: can't subtract offset-naive and offset-aware datetimes"
assert refused(moment.fromtimestamp, float("nan")) == "ValueError: Invalid value NaN (not a number)"
for value in (day, at, clock(1, 2, tzinfo=plus), timedelta(1, 2, 3), plus, moment(2000, 1, 1, fold=1)):
    for protocol in range(4, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value and getattr(again, "fold", 0) == getattr(value, "fold", 0)
    assert copy.deepcopy(value) == value
assert date(b"\x07\xd0\x02\x1d") == day and moment(b"\x07\xd0\x81\x01\0\0\0\0\0\0").fold == 1


class Mine(datetime.datetime):
    pass


assert type(Mine(2000, 1, 1) + timedelta(1)) is Mine and type(Mine.now()) is Mine and type(Mine.fromisoformat("2000-01-01")) is Mine

# The hour that comes twice.
os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
time.tzset()
first, second = (moment(2023, 10, 29, 2, 30, fold=fold) for fold in (0, 1))
assert second.timestamp() - first.timestamp() == 3600
assert [moment.fromtimestamp(each.timestamp()).fold for each in (first, second)] == [0, 1]
assert first.astimezone().utcoffset() == timedelta(hours=2) and second.astimezone().tzname() == "CET"
