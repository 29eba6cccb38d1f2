"""What lists of things that wait for a decision are narrowed to: drafts of questions, pieces."""

from dataclasses import dataclass
from typing import Final, TypeVar

from django.db.models import Model, QuerySet

from courses.models import Course

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """The job's public id, a state and a kind; empty means everything."""

    job: str = ""
    state: str = ""
    kind: str = ""

    def of(self, rows: QuerySet[Row], course: Course | None) -> QuerySet[Row]:
        """The rows that fit, of one course when it is given, newest job first and in its order."""
        if course is not None:
            rows = rows.filter(course=course)
        if self.job:
            rows = rows.filter(job__public_id=self.job)
        if self.state:
            rows = rows.filter(state=self.state)
        if self.kind:
            rows = rows.filter(kind=self.kind)
        return rows.order_by("-job_id", "ordinal", "id")


EVERYTHING: Final = Narrow()
