"""Posting: an act of its own that lets learners see their grades in a column, or hides them."""

from django.db import transaction
from django.db.models import QuerySet

from assessments.enums import AttemptState
from assessments.events import GradesPosted
from assessments.models import Attempt, Grade, GradeItem, Submission, SubmissionMember
from assessments.services.cells import MAX_REASON, require_open
from assessments.services.grade import set_posted
from assessments.services.log import take_turns
from assessments.services.returning import return_work, take_back
from assessments.services.totals import recount_learners
from courses.models import LearnerGroup
from courses.queries.group import member_ids
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_text


@transaction.atomic
def post_grades(
    *,
    actor: Actor,
    item: GradeItem,
    released: bool,
    group: LearnerGroup | None = None,
    reason: str = "",
) -> int:
    """Post the grades of a column, or hide them; of one group when it is given. Returns how many.

    The results of a quiz's attempts are shown and hidden with them. Posting the column of an
    assignment returns its marked works, hiding it takes them back: a work of several authors for
    all of them. Grades that come later are posted by the quiz's setting, by returning the work or
    by calling this again. Raises NotFound for a group of another course, Conflict
    `period_closed`, and what `require` raises.
    """
    require(actor, MANAGE_COURSE, item.course)
    require_open(item)
    reason = require_text(reason.strip(), field="reason", max_length=MAX_REASON)
    people = None if group is None else _members(item, group)
    works = _works(item, people, released=released)
    authors = _authors(works)
    grades = Grade.objects.filter(item=item).exclude(released=released)
    attempts = _other_attempts(item, released=released)
    if people is not None:
        grades = grades.filter(learner_id__in={*people, *authors})
        attempts = attempts.filter(learner_id__in=people)
    own = grades.values_list("learner_id", flat=True)
    learners = {*authors, *own, *attempts.values_list("learner_id", flat=True)}
    take_turns(item.course_id, learners)
    state = AttemptState.RELEASED if released else AttemptState.SCORED
    attempts.filter(learner_id__in=learners).update(state=state)
    before = _posted(item, released=released)
    _move(actor, works, released=released)
    for grade in lock(grades.filter(learner_id__in=learners).select_related("item", "attempt")):
        set_posted(actor=actor, grade=grade, released=released, reason=reason)
    recount_learners(item.course_id, learners)
    count = len(_posted(item, released=released) - before)
    _tell(actor, item, group, released=released, count=count)
    return count


def _posted(item: GradeItem, *, released: bool) -> set[int]:
    rows = Grade.objects.filter(item=item, released=released)
    return set(rows.values_list("learner_id", flat=True))


def _authors(works: list[Submission]) -> set[int]:
    rows = SubmissionMember.objects.filter(submission__in=works)
    return set(rows.values_list("learner_id", flat=True))


def _move(actor: Actor, works: list[Submission], *, released: bool) -> None:
    for work in works:
        if released:
            return_work(actor, work)
        else:
            take_back(actor, work)


def _works(item: GradeItem, people: frozenset[int] | None, *, released: bool) -> list[Submission]:
    """Marked works to return, or returned ones to take back; those of an author among `people`."""
    if item.assignment is None:
        return []
    rows = Submission.objects.filter(assignment=item.assignment).select_related("course")
    if released:
        rows = rows.filter(outcome__released=False, outcome__score__isnull=False)
    else:
        rows = rows.filter(outcome__shown__isnull=False)
    if people is not None:
        inside = SubmissionMember.objects.filter(learner_id__in=people)
        rows = rows.filter(pk__in=inside.values("submission_id"))
    return list(rows.order_by("pk"))


def _members(item: GradeItem, group: LearnerGroup) -> frozenset[int]:
    if group.course_id != item.course_id:
        raise NotFound
    return member_ids(group)


def _tell(
    actor: Actor, item: GradeItem, group: LearnerGroup | None, *, released: bool, count: int
) -> None:
    if not count:
        return
    told = GradesPosted(
        course_id=item.course_id,
        item_id=item.pk,
        group_id=None if group is None else group.pk,
        posted=released,
        count=count,
    )
    publish(told, actor=actor)


def _other_attempts(item: GradeItem, *, released: bool) -> QuerySet[Attempt]:
    state = AttemptState.SCORED if released else AttemptState.RELEASED
    if item.quiz is None:
        return Attempt.objects.none()
    return Attempt.objects.filter(quiz=item.quiz, state=state)
