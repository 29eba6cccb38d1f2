"""The days of a month as weeks, for a grid."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1970, 2100


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the calendar that people use."""

    year: int
    month: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def key(self) -> str:
        """As in an address, 2026-11."""
        return f"{self.year:04d}-{self.month:02d}"

    def shifted(self, by: int) -> "Month | None":
        """So many months later, None beyond the years that are shown."""
        number = self.year * 12 + self.month - 1 + by
        year, month = divmod(number, 12)
        return Month(year, month + 1) if FIRST_YEAR <= year <= LAST_YEAR else None

    def weeks(self, first_weekday: int = 0) -> list[list[date]]:
        """Whole weeks that cover it; 0 begins them on Monday, 6 on Sunday."""
        back = (self.first.weekday() - first_weekday) % 7
        begin = self.first - timedelta(days=back)
        found = []
        while begin <= self.last:
            found.append([begin + timedelta(days=n) for n in range(7)])
            begin += timedelta(days=7)
        return found


def month_of(text: str, today: date) -> Month:
    """The month of an address (2026-11); today's for anything else."""
    year, _, month = text.partition("-")
    if len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit():
        found = (int(year), int(month))
        if FIRST_YEAR <= found[0] <= LAST_YEAR and 1 <= found[1] <= 12:
            return Month(*found)
    return Month(today.year, today.month)
