"""The days and months that conversations are grouped by. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

TODAY = "Today"
YESTERDAY = "Yesterday"
_WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_NAMED_DAYS = 7


def named_days(now: datetime) -> list[tuple[str, datetime]]:
    """Return the named days, newest first, each with the moment it began.

    Today holds the future too: a file of a computer whose clock is ahead.
    """
    today = datetime.combine(now.date(), time(), now.tzinfo)
    days = []
    for back in range(_NAMED_DAYS):
        begin = today - timedelta(days=back)
        label = (TODAY, YESTERDAY)[back] if back < 2 else _WEEKDAYS[begin.weekday()]
        days.append((label, begin))
    return days


def month_of(moment: datetime, zone: tzinfo | None) -> datetime:
    """Return the moment at which a moment's month began in a time zone."""
    local = moment.astimezone(zone)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def month_label(month: datetime) -> str:
    """Return a month as a label: `November 2026`."""
    return f"{_MONTHS[month.month - 1]} {month.year}"
