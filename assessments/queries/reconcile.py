"""Whether attempts, logs, grades and progress still tell the same story (D6)."""

from datetime import timedelta

from django.db.models import (
    Avg,
    Case,
    DecimalField,
    Exists,
    F,
    FloatField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Abs, Cast, Coalesce, Greatest, Round

from assessments.enums import AttemptState, Counting, StepKind
from assessments.models import (
    Attempt,
    AttemptQuestion,
    AttemptStep,
    CourseTotal,
    Grade,
    GradeChange,
    QuizItem,
    SubmissionMember,
)
from assessments.queries.book import NO_MARKS, Figures, book_of, figures, marks_of
from assessments.queries.replay import differences, lately
from courses.enums import CourseRole, EnrolmentState, ProgressState
from courses.models import Enrolment, LessonProgress
from lms.kernel import clock

# The sweep runs every half minute; what it left after this long is stuck.
PATIENCE = timedelta(minutes=20)
TOTALS = ("learner_id", "total", "posted", "parts")
SCORE = DecimalField(max_digits=9, decimal_places=4)
NEAR = 0.001


def mismatches() -> dict[str, int]:
    """How many rows disagree, by what they disagree about; all zero when all is well."""
    return {
        "attempts past their deadline": _stuck().count(),
        "attempts without a score": _unscored().count(),
        "attempts that wait for nothing": _waiting_for_nothing().count(),
        "attempts whose score is not their sum": _wrong_sum().count(),
        "submitted attempts without that step": _unlogged().count(),
        "answers that are not the last step's": _unfolded().count(),
        "recent attempts that their log says otherwise": _unreplayed(),
        "learners without their grade": _ungraded().count(),
        "answers scored with a key that was corrected": _superseded().count(),
        "grades that are not their attempt's": _wrong_grade().count(),
        "grades that are not their attempts' mean": _wrong_mean().count(),
        "grades that are not their last change's": _unexplained().count(),
        "returned works without that grade": _wrong_outcome().count(),
        "works shown to authors whose grade is hidden": _shown_unposted().count(),
        "submitted quizzes that are not done": _unfinished().count(),
        "course totals that are not what their grades give": _wrong_totals(),
    }


def _done() -> QuerySet[Attempt]:
    return Attempt.objects.exclude(state=AttemptState.OPEN)


def _scored() -> QuerySet[Attempt]:
    return Attempt.objects.filter(state__in=(AttemptState.SCORED, AttemptState.RELEASED))


def _stuck() -> QuerySet[Attempt]:
    return Attempt.objects.filter(state=AttemptState.OPEN, deadline__lt=clock.now() - PATIENCE)


def _unscored() -> QuerySet[Attempt]:
    return _scored().filter(score=None)


def _waiting_for_nothing() -> QuerySet[Attempt]:
    """Attempts that wait for marking though every question has its score."""
    missing = AttemptQuestion.objects.filter(attempt=OuterRef("pk"), score=None)
    return Attempt.objects.filter(state=AttemptState.SUBMITTED).exclude(Exists(missing))


def _wrong_sum() -> QuerySet[Attempt]:
    parts = AttemptQuestion.objects.filter(attempt=OuterRef("pk")).order_by().values("attempt")
    summed = Subquery(parts.annotate(total=Sum("score")).values("total"), output_field=SCORE)
    bounded = Greatest(summed, Value(0), output_field=SCORE)  # certainty may cost more than is had
    kept = Round(bounded - F("deducted"), precision=4, output_field=SCORE)
    expected = Coalesce(F("override"), kept, output_field=SCORE)
    return _scored().alias(expected=expected).exclude(score=F("expected"))


def _unlogged() -> QuerySet[Attempt]:
    steps = AttemptStep.objects.filter(attempt=OuterRef("pk"), kind=StepKind.SUBMITTED)
    return _done().exclude(Exists(steps))


def _unfolded() -> QuerySet[AttemptQuestion]:
    """Answered questions whose answer time is not that of the last saved step."""
    kinds = (StepKind.ANSWER_SAVED, StepKind.CHECKED)
    saved = AttemptStep.objects.filter(question=OuterRef("pk"), kind__in=kinds)
    last = Subquery(saved.order_by("-seq").values("at")[:1])
    return AttemptQuestion.objects.alias(last=last).exclude(
        Q(answered_at=F("last")) | Q(answered_at=None, last=None)
    )


def _unreplayed() -> int:
    """Attempts of the last days that their log does not rebuild."""
    return len({one.attempt for one in differences(lately())})


def _superseded() -> QuerySet[AttemptQuestion]:
    """Answers in submitted attempts, while others' to the same were scored with a newer key.

    Questions that the quiz pins to the version asked are left out.
    """
    own = Coalesce(OuterRef("scored_with__number"), OuterRef("version__number"))
    newer = AttemptQuestion.objects.filter(
        attempt__quiz=OuterRef("attempt__quiz"),
        version__question=OuterRef("version__question"),
        scored_with__number__gt=own,
    )
    pinned = QuizItem.objects.filter(quiz=OuterRef("attempt__quiz"), pinned=OuterRef("version"))
    rows = AttemptQuestion.objects.filter(overridden=False, attempt__learner__erased_at=None)
    rows = rows.exclude(attempt__state=AttemptState.OPEN)
    return rows.filter(Exists(newer)).exclude(Exists(pinned))


def _ungraded() -> QuerySet[Attempt]:
    grades = Grade.objects.filter(item__quiz=OuterRef("quiz"), learner=OuterRef("learner"))
    return _scored().exclude(Exists(grades))


def _wrong_grade() -> QuerySet[Grade]:
    released = Case(When(attempt__state=AttemptState.RELEASED, then=True), default=False)
    same = Q(given=F("attempt__score"), max_score=F("attempt__max_score"), released=F("shown"))
    followed = Grade.objects.filter(attempt__isnull=False, overridden=False)
    given = Coalesce("raw_score", "score", output_field=SCORE)
    single = followed.exclude(item__quiz__counting=Counting.MEAN)
    return single.alias(shown=released, given=given).exclude(same)


def _wrong_mean() -> QuerySet[Grade]:
    """Grades that are a mean, and more than a rounding away from the mean of the attempts."""
    mine = _done().filter(quiz=OuterRef("item__quiz"), learner=OuterRef("learner")).order_by()
    part = Cast("score", FloatField()) / Cast("max_score", FloatField())
    share = mine.values("quiz").annotate(mean=Avg(part)).values("mean")
    mean = Cast("max_score", FloatField()) * Subquery(share, output_field=FloatField())
    far = Abs(Cast(Coalesce("raw_score", "score", output_field=SCORE), FloatField()) - mean)
    rows = Grade.objects.filter(item__quiz__counting=Counting.MEAN, overridden=False)
    return rows.alias(far=far).exclude(far__lte=NEAR)


def _unexplained() -> QuerySet[Grade]:
    """Grades that differ from what their last change says."""
    changes = GradeChange.objects.filter(grade=OuterRef("pk")).order_by("-pk")
    same = GradeChange.objects.filter(
        Q(after=OuterRef("score")) | Q(after=None, grade__score=None),
        pk=OuterRef("last"),
        status_after=OuterRef("status"),
        released_after=OuterRef("released"),
    )
    last = Subquery(changes.values("pk")[:1])
    return Grade.objects.alias(last=last).exclude(Exists(same))


def _wrong_outcome() -> QuerySet[SubmissionMember]:
    """Authors of returned work whose grade is not what it came to, before any curve, or hidden.

    One set by hand over the work may say something else, but is posted too.
    """
    expected = Coalesce(
        OuterRef("apart_score"), OuterRef("submission__outcome__score"), output_field=SCORE
    )
    grades = Grade.objects.filter(
        item__assignment=OuterRef("assignment"), learner=OuterRef("learner"), released=True
    ).alias(given=Coalesce("raw_score", "score", output_field=SCORE))
    told = grades.filter(Q(overridden=True) | Q(given=expected))
    return SubmissionMember.objects.filter(submission__outcome__released=True).exclude(Exists(told))


def _shown_unposted() -> QuerySet[SubmissionMember]:
    """Authors who are shown a result while their grade is hidden."""
    posted = Grade.objects.filter(
        item__assignment=OuterRef("assignment"), learner=OuterRef("learner"), released=True
    )
    shown = Q(submission__outcome__shown__isnull=False) & ~Q(submission__outcome__shown__score=None)
    return SubmissionMember.objects.filter(shown).exclude(Exists(posted))


def _unfinished() -> QuerySet[Attempt]:
    """Attempts of active learners whose lesson is not done."""
    learning = Enrolment.objects.filter(
        course=OuterRef("course"),
        user=OuterRef("learner"),
        role=CourseRole.LEARNER,
        state=EnrolmentState.ACTIVE,
        created_at__lte=OuterRef("submitted_at"),
    )
    finished = LessonProgress.objects.filter(
        enrolment__user=OuterRef("learner"),
        lesson=OuterRef("quiz__lesson"),
        state=ProgressState.COMPLETED,
    )
    return _done().filter(Exists(learning)).exclude(Exists(finished))


def _wrong_totals() -> int:
    """Totals that the arithmetic gives otherwise, or that are missing, course by course."""
    graded = Grade.objects.order_by().values_list("item__course_id", flat=True).distinct()
    return sum(_wrong_totals_of(course_id) for course_id in graded)


def _wrong_totals_of(course_id: int) -> int:
    book, marks = book_of(course_id), marks_of(course_id)
    rows = CourseTotal.objects.filter(course_id=course_id)
    stored = {learner: Figures(*three) for learner, *three in rows.values_list(*TOTALS)}
    return sum(
        stored.get(learner) != figures(book, marks.get(learner, NO_MARKS))
        for learner in {*stored, *marks}
    )
