"""The occasions of the AI app: a budget that is nearly used up, a teacher who answered."""

from django.urls import reverse

from accounts.queries.people import active_admins
from ai.enums import BudgetScope
from ai.events import BudgetReached
from ai.models import Exchange
from courses.enums import CourseRole
from courses.models import Course
from courses.queries.roles import active_members
from lms.kernel.actors import system
from realtime.enums import NotificationKind
from realtime.services.notify import notify


def tell_budget(*, event: BudgetReached, record_id: int) -> int:
    """Tell those who can act: the person, a course's instructors, admins; returns how many.

    The event is published once a window and level, and its record is told of once.
    """
    if event.scope == BudgetScope.PERSON:
        own = [event.person_id] if event.person_id is not None else []
        return _tell(event, record_id, own, reverse("own-ai"))
    if event.scope != BudgetScope.COURSE or event.course_id is None:
        return _tell(event, record_id, active_admins(), reverse("ai-spend"))
    course = Course.objects.filter(pk=event.course_id, deleted_at=None).first()
    if course is None:
        return 0
    teach = active_members(course).filter(role=CourseRole.INSTRUCTOR)
    people = [*teach.values_list("user_id", flat=True), *active_admins()]
    return _tell(event, record_id, people, f"{reverse('ai-spend')}?course={course.slug}", course)


def tell_reply(*, exchange_id: int) -> int:
    """Tell a learner that a teacher answered what they passed on; 0 when it was only closed.

    Neither the question nor the answer is kept with it or mailed: both are the learner's alone.
    """
    row = Exchange.objects.select_related("course", "conversation").filter(pk=exchange_id).first()
    if row is None or not row.reply or row.sent_on_at is None or not row.course.is_live:
        return 0
    return notify(
        actor=system("realtime.tutor_reply"),
        kind=NotificationKind.TUTOR_REPLY,
        recipients=[row.conversation.learner_id],
        course=row.course,
        key=f"tutor-reply:{row.pk}",
        args={"course": row.course.title},
        url=reverse("tutor", args=[row.course.slug]),
    )


def _tell(
    event: BudgetReached, record_id: int, people: list[int], url: str, course: Course | None = None
) -> int:
    return notify(
        actor=system("realtime.ai_budget"),
        kind=NotificationKind.AI_BUDGET,
        recipients=people,
        course=course,
        key=f"ai-budget:{record_id}",
        args={
            "course": course.title if course is not None else "",
            "scope": event.scope,
            "period": event.period,
            "percent": str(event.percent),
            "ai_role": event.role,
        },
        url=url,
    )
