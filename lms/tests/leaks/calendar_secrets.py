"""What others plan: a classmate for themselves, a group that one is not in, work that is hidden."""

from datetime import timedelta

from assessments.services.quiz import QuizSettings, create_quiz
from courses.enums import LessonKind
from courses.models import Lesson
from courses.services.group import create_group
from interop.services.event import EventFields, plan_event
from lms.kernel import actors, clock
from lms.tests.leaks.marker import Marker, marker
from lms.tests.world import World

MARKERS = [
    Marker("what a classmate plans for themselves", ("zqpeerplan",), frozenset()),
    marker("what is planned for another group", "zqgroupplan"),
    marker("the title of hidden work with a date", "zqhiddendue"),
]


def plant_calendar(world: World) -> None:
    """All of it tomorrow."""
    teacher, peer = world.actors["instructor"], world.people["peer"]
    day = clock.now() + timedelta(days=1)
    own = EventFields(title="zqpeerplan", starts_at=day)
    plan_event(actor=actors.for_user(peer), fields=own)
    group = create_group(actor=teacher, course=world.course, name="Night walk", learners=[peer])
    theirs = EventFields(title="zqgroupplan", starts_at=day, group=group.public_id)
    plan_event(actor=teacher, course=world.course, fields=theirs)
    section = world.lessons["published live"].section
    lesson = Lesson.objects.create(
        course=world.course,
        section=section,
        title="zqhiddendue",
        ordinal=section.lessons.count() + 1,
        kind=LessonKind.QUIZ,
        published=False,
    )
    create_quiz(actor=teacher, lesson=lesson, settings=QuizSettings(due_at=day, closes_at=day))
