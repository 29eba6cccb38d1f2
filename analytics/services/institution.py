"""Count the institution's days and courses in a worker, so that its page counts nothing."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Avg, Count, Max, Q
from django.db.models.functions import TruncDate

from analytics.models import CourseGlance, DailyActivity, InstitutionDay
from analytics.queries.overview import RECENT
from analytics.scoring.help import HelpState
from analytics.services.help import needs_help
from courses.enums import CourseRole, CourseState, EnrolmentState
from courses.models import Course, Enrolment
from lms.kernel import actors, clock

# How far back the first count goes; later ones count the last days anew, for acts are told late.
FIRST = 365
AGAIN = 3
# Who was active is held in memory for so many days at once.
PART = 14
WEEK = 7
AT_ONCE = 100
EVERY = timedelta(minutes=30)
LEARNERS = Q(role=CourseRole.LEARNER)


def count_days() -> int:
    """Count the days since the last count, and the last few anew; how many days."""
    today = clock.now().astimezone(UTC).date()
    last = InstitutionDay.objects.aggregate(last=Max("day"))["last"]
    first = _first_day(today) if last is None else min(last, today) - timedelta(days=AGAIN)
    days = [first + timedelta(days=at) for at in range((today - first).days + 1)]
    came, finished = _by_day("created_at", first), _by_day("completed_at", first)
    for start in range(0, len(days), PART):
        part = days[start : start + PART]
        active, weeks = _active(part)
        InstitutionDay.objects.bulk_create(
            [
                InstitutionDay(
                    day=day,
                    active=active[day],
                    active_week=weeks[day],
                    enrolments=came[day],
                    completions=finished[day],
                )
                for day in part
            ],
            update_conflicts=True,
            unique_fields=["day"],
            update_fields=["active", "active_week", "enrolments", "completions"],
        )
    return len(days)


def count_courses(*, limit: int = AT_ONCE) -> int:
    """Count published courses, the longest not counted first, and forget the others; how many."""
    now = clock.now()
    live = Course.objects.filter(state=CourseState.PUBLISHED, deleted_at=None)
    CourseGlance.objects.exclude(course__in=live.values("pk")).delete()
    counted = CourseGlance.objects.filter(counted_at__gt=now - EVERY).values("course")
    due = live.exclude(pk__in=counted)
    ages = dict(CourseGlance.objects.values_list("course_id", "counted_at"))
    never = datetime.min.replace(tzinfo=UTC)
    found = sorted(due, key=lambda course: (ages.get(course.pk, never), course.pk))[:limit]
    for course in found:
        _count_course(course)
    return len(found)


def _first_day(today: date) -> date:
    since = today - timedelta(days=FIRST)
    rows = Enrolment.objects.order_by("created_at").values_list("created_at", flat=True)
    oldest = rows.first()
    return max(since, oldest.astimezone(UTC).date()) if oldest else today


def _active(days: list[date]) -> tuple[Counter[date], Counter[date]]:
    """People active on each day, and in the week up to it: a person counts once."""
    seen: dict[date, set[int]] = {}
    rows = DailyActivity.objects.filter(
        day__gte=days[0] - timedelta(days=WEEK - 1), day__lte=days[-1]
    )
    for day, user in rows.order_by().values_list("day", "user_id").distinct().iterator(5_000):
        seen.setdefault(day, set()).add(user)
    nobody: set[int] = set()
    active = Counter({day: len(seen.get(day, nobody)) for day in days})
    weeks: Counter[date] = Counter()
    for day in days:
        past = (seen.get(day - timedelta(days=back), nobody) for back in range(WEEK))
        weeks[day] = len(set().union(*past))
    return active, weeks


def _by_day(field: str, first: date) -> Counter[date]:
    begin = datetime.combine(first, time.min, tzinfo=UTC)
    rows = (
        Enrolment.objects.filter(LEARNERS, **{f"{field}__gte": begin})
        .annotate(on=TruncDate(field, tzinfo=UTC))
        .order_by()
        .values("on")
        .annotate(count=Count("pk"))
    )
    return Counter({row["on"]: row["count"] for row in rows})


def _count_course(course: Course) -> None:
    now = clock.now()
    rows = Enrolment.objects.filter(LEARNERS, course=course, state=EnrolmentState.ACTIVE)
    sums = rows.aggregate(
        learners=Count("pk"),
        active=Count("pk", filter=Q(last_active_at__gte=now - RECENT)),
        completed=Count("pk", filter=Q(completed_at__isnull=False)),
        completion=Avg("completion", default=0.0),
    )
    entries = needs_help(actor=actors.system("analytics.institution"), course=course)
    CourseGlance.objects.update_or_create(
        course=course,
        defaults={
            **sums,
            "need_help": sum(e.assessment.state is HelpState.NEEDS_HELP for e in entries),
            "warned": sum(e.at_risk for e in entries),
            "counted_at": now,
        },
    )
