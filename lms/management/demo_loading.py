"""Put the demo into an empty database: people, courses, twelve weeks of learning.

All writes go through the apps' services. The same files and the same moment give the same
people, deeds and answers; only random ids and the order of shuffled options differ.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from accounts.enums import SiteRole
from accounts.services.joining import create_person
from accounts.services.people import edit_profile
from courses.enums import CourseRole
from courses.queries.group import learners_of
from courses.services.enrolment import add_member
from courses.services.group import create_group
from lms.kernel import clock
from lms.kernel.actors import for_user, system
from lms.management.demo_activity import WEEKS, Act, invent_activity
from lms.management.demo_aftermath import finish
from lms.management.demo_assignment import add_assignment
from lms.management.demo_calendar import plan_demo
from lms.management.demo_content import DemoCourse, load_courses
from lms.management.demo_courses import build_course
from lms.management.demo_desk import lay_out_desk
from lms.management.demo_direct import write_to_each_other
from lms.management.demo_forum import open_forum_of_demo
from lms.management.demo_people import (
    Conversations,
    DemoPeople,
    DemoPerson,
    load_conversations,
    load_people,
)
from lms.management.demo_timeline import (
    Deed,
    Stage,
    activity,
    announcement,
    chat,
    enrolment,
    replay,
    run_waiting_jobs,
)
from realtime.enums import NotificationKind
from realtime.services.preferences import set_preference

DEMO_PASSWORD = "demo-cairn-2026"  # noqa: S105 - printed by the trial for everybody to see
TEACHERS = {
    "thinking-with-data": "instructor@example.com",
    "how-bridges-stand-up": "instructor2@example.com",
}
ASSISTANTS = {"thinking-with-data": "assistant@example.com"}
GROUPS = ("Harbour table", "Market table", "Station table", "Windmill table")
SETTLE_IN = timedelta(minutes=12)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded."""

    people: int
    courses: int
    deeds: int
    drafts: int


def load(*, say: Say) -> Loaded:
    """Load everything; `say` gets a line before each long part."""
    now = clock.now()
    courses, people = load_courses(), load_people()
    said = load_conversations(people)
    stage = Stage()
    opened = now - timedelta(weeks=WEEKS)
    with clock.travel(opened - timedelta(days=5)):
        say("People.")
        for person in people.everyone:
            _add_person(stage, person)
        say("Courses, lessons and quizzes.")
        for course in courses:
            _add_course(stage, course)
        run_waiting_jobs()
    say("Twelve weeks of learning: reading, quizzes, chat. This takes a moment.")
    deeds = list(_deeds(stage, courses, people, said, now))
    count = replay(deeds)
    for slug in ASSISTANTS:
        _seat(stage, slug)
    add_assignment(stage, now)
    lay_out_desk(stage, now)
    open_forum_of_demo(stage, now)
    plan_demo(stage, now)
    write_to_each_other(stage, now)
    say("Charts, notifications and drafts to review.")
    drafts = finish(stage, now)
    return Loaded(len(stage.people), len(stage.courses), count, drafts)


def _add_person(stage: Stage, person: DemoPerson) -> None:
    """An account with a confirmed address; only the logins have a password.

    Nobody is mailed about what they did weeks ago; `finish` turns mail on again for the logins.
    """
    user = create_person(
        actor=system("demo"),
        email=person.email,
        name=person.name,
        password=None if _is_invented(person) else DEMO_PASSWORD,
        site_role=SiteRole(person.site_role),
    )
    edit_profile(actor=for_user(user), person=user, time_zone=person.time_zone)
    for kind in NotificationKind:
        set_preference(actor=for_user(user), kind=kind, in_app=True, mail=False)
    stage.people[person.email] = user


def _is_invented(person: DemoPerson) -> bool:
    return "." in person.email.partition("@")[0]


def _add_course(stage: Stage, content: DemoCourse) -> None:
    teacher = stage.actor(TEACHERS[content.slug])
    built = build_course(actor=teacher, content=content)
    stage.courses[content.slug] = built.course
    for key, lesson in built.lessons.items():
        stage.lessons[content.slug, key] = lesson
    for key, quiz in built.quizzes.items():
        stage.quizzes[content.slug, key] = quiz
        stage.questions[content.slug, key] = built.questions[key]
    if content.slug in ASSISTANTS:
        add_member(
            actor=teacher,
            course=built.course,
            user=stage.people[ASSISTANTS[content.slug]],
            role=CourseRole.ASSISTANT,
        )


def _seat(stage: Stage, slug: str) -> None:
    """Four groups of a course's learners, by name in turn."""
    course, teacher = stage.courses[slug], stage.actor(TEACHERS[slug])
    learners = list(learners_of(course.pk))
    for place, name in enumerate(GROUPS):
        hand = learners[place :: len(GROUPS)]
        create_group(actor=teacher, course=course, name=name, learners=hand)


def _deeds(
    stage: Stage,
    courses: tuple[DemoCourse, ...],
    people: DemoPeople,
    said: Conversations,
    now: datetime,
) -> Iterator[Deed]:
    """Everything that happens, in no order: enrolments, lessons, quizzes, words."""
    contents = {course.slug: course for course in courses}
    first: dict[tuple[str, str], datetime] = {}
    for person in people.everyone:
        for learning in person.learns:
            archetype = people.archetypes[learning.archetype]
            acts = invent_activity(person, learning, archetype, contents[learning.course], now)
            yield from (activity(stage, act) for act in acts)
            first[person.email, learning.course] = _begin(acts, now)
    for conversation in said.chat:
        at = _evening(now, conversation.days_ago, conversation.hour)
        yield from chat(stage, conversation, at)
        for line in conversation.lines:
            known = first.get((line.email, conversation.course))
            if known is not None:
                first[line.email, conversation.course] = min(known, at)
    for item in said.announcements:
        yield announcement(stage, item, _evening(now, item.days_ago, 8))
    for (email, course), moment in first.items():
        yield enrolment(stage, email, course, moment - SETTLE_IN)


def _begin(acts: list[Act], now: datetime) -> datetime:
    return min((act.at for act in acts), default=now - timedelta(days=1))


def _evening(now: datetime, days_ago: int, hour: int) -> datetime:
    """That hour (UTC) of a day in the past."""
    day = (now - timedelta(days=days_ago)).date()
    return datetime.combine(day, time(hour), tzinfo=now.tzinfo)
