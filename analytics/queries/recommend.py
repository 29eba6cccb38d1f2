"""What may be recommended to a person, and what is known of it."""

from dataclasses import dataclass

from django.db.models import F, Q

from analytics.models import CourseAffinity, CourseLikeness
from courses.enums import CourseState, EnrolmentPolicy
from courses.models import Course, Enrolment
from courses.rules import LIVE, VIEW_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import SignInRequired

MOST = 200
MOST_TEXTS = 2_000


@dataclass(frozen=True, slots=True)
class Offer:
    """A course open to the person now."""

    course: Course
    learners: int


def taken_courses(actor: Actor) -> frozenset[int]:
    """Ids of the courses the person is or was in, in any role; left and removed ones too.

    Raises SignInRequired for nobody.
    """
    if actor.user_id is None:
        raise SignInRequired
    rows = Enrolment.objects.filter(user_id=actor.user_id)
    return frozenset(rows.values_list("course_id", flat=True))


def offers(actor: Actor, taken: frozenset[int]) -> list[Offer]:
    """Courses the person could enrol in at once: live, open, free, not over, with room left.

    At most `MOST`, those with the most learners.
    """
    room = Q(capacity=None) | Q(learner_count__lt=F("capacity"))
    running = Q(ends_at=None) | Q(ends_at__gt=clock.now())
    rows = (
        VIEW_COURSE.rows(actor)
        .filter(LIVE, room, running, enrolment_policy=EnrolmentPolicy.OPEN, price_minor=0)
        .exclude(pk__in=taken)
        .order_by("-learner_count", "pk")[:MOST]
    )
    return [Offer(course, course.learner_count) for course in rows]


def affinities(taken: frozenset[int]) -> list[tuple[int, int, int, float, float | None]]:
    """(taken course, other course, people in both, likeness, weight) for the courses taken."""
    rows = CourseAffinity.objects.filter(course__in=taken)
    return list(rows.values_list("course_id", "other_id", "together", "similarity", "weight"))


def same_words(taken: frozenset[int]) -> list[tuple[int, int, float]]:
    """(taken course, other course, likeness of their words) for the courses taken."""
    rows = CourseLikeness.objects.filter(course__in=taken)
    return list(rows.values_list("course_id", "other_id", "similarity"))


def course_texts() -> dict[int, str]:
    """What the catalogue says of each course that is or was published, the newest `MOST_TEXTS`.

    Title and tags count several times, for they say most in fewest words.
    """
    rows = Course.objects.filter(
        state__in=(CourseState.PUBLISHED, CourseState.ARCHIVED), deleted_at=None
    ).order_by("-pk")[:MOST_TEXTS]
    texts = {
        course: " ".join([*(title,) * 3, *(summary,) * 2, description])
        for course, title, summary, description in rows.values_list(
            "pk", "title", "summary", "description"
        )
    }
    tags = Course.tags.through.objects.filter(course__in=texts)
    for course, tag in tags.values_list("course_id", "tag__name"):
        texts[course] += f" {tag}" * 3
    return texts


def titles(course_ids: frozenset[int]) -> dict[int, str]:
    """Titles by course id."""
    return dict(Course.objects.filter(pk__in=course_ids).values_list("pk", "title"))


def enrolment_pairs() -> list[tuple[int, int]]:
    """Every (person, course) of active learners in live courses, for counting likeness."""
    rows = Enrolment.objects.filter(
        Q(course__state="published", course__deleted_at=None), state="active", role="learner"
    )
    return list(rows.values_list("user_id", "course_id"))
