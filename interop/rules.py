"""Who may do what with planned events and feeds: predicates and queryset twins, side by side.

What a course plans is seen by who may open the course, what it plans for a group by the group's
learners and the staff; its instructors change it. What somebody plans for themselves is theirs
alone: administrators do not see it.
"""

from django.db.models import Q, QuerySet

from courses.models import LearnerGroupMember
from courses.rules import (
    manage_course_rows,
    may_manage_course,
    may_open_course,
    may_staff_course,
    open_course_rows,
    staff_course_rows,
)
from interop.models import CalendarEvent, CalendarFeed
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def _in_group(actor: Actor, group_id: int) -> bool:
    mine = LearnerGroupMember.objects.filter(group=group_id, learner=actor.user_id or 0)
    return mine.exists()


def may_view_event(actor: Actor, event: CalendarEvent) -> bool:
    if event.course is None:
        return actor.user_id is not None and event.owner_id == actor.user_id
    if not may_open_course(actor, event.course):
        return False
    if event.group_id is None or may_staff_course(actor, event.course):
        return True
    return _in_group(actor, event.group_id)


def view_event_rows(actor: Actor) -> QuerySet[CalendarEvent]:
    mine = LearnerGroupMember.objects.filter(learner=actor.user_id or 0).values("group")
    shared = Q(group=None) | Q(group__in=mine) | Q(course__in=staff_course_rows(actor).values("pk"))
    planned = Q(course__in=open_course_rows(actor).values("pk")) & shared
    return CalendarEvent.objects.filter(planned | _own(actor))


def may_edit_event(actor: Actor, event: CalendarEvent) -> bool:
    if event.course is None:
        return actor.user_id is not None and event.owner_id == actor.user_id
    return may_manage_course(actor, event.course)


def edit_event_rows(actor: Actor) -> QuerySet[CalendarEvent]:
    managed = Q(course__in=manage_course_rows(actor).values("pk"))
    return CalendarEvent.objects.filter(managed | _own(actor))


def may_own_feed(actor: Actor, feed: CalendarFeed) -> bool:
    return actor.user_id is not None and feed.person_id == actor.user_id


def own_feed_rows(actor: Actor) -> QuerySet[CalendarFeed]:
    return CalendarFeed.objects.filter(person=actor.user_id or 0)


def _own(actor: Actor) -> Q:
    return Q(pk__in=[]) if actor.user_id is None else Q(owner=actor.user_id)


VIEW_EVENT = Rule("interop.event.view", may=may_view_event, rows=view_event_rows)
EDIT_EVENT = Rule(
    "interop.event.edit",
    may=may_edit_event,
    rows=edit_event_rows,
    writes=True,
    visible=VIEW_EVENT,
)
VIEW_FEED = Rule("interop.feed.view", may=may_own_feed, rows=own_feed_rows)
END_FEED = Rule(
    "interop.feed.end", may=may_own_feed, rows=own_feed_rows, writes=True, visible=VIEW_FEED
)
