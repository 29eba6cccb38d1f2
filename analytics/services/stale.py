"""Note which quizzes are to be counted again."""

from collections.abc import Iterable

from analytics.models import QuizAnalysis
from assessments.models import Quiz
from lms.kernel import clock


def mark_quizzes(quizzes: Iterable[int]) -> None:
    """Note that attempts or scores of these quizzes changed; unknown ids are passed over."""
    named = set(quizzes)
    if not named:
        return
    known = sorted(Quiz.objects.filter(pk__in=named).values_list("pk", flat=True))
    now = clock.now()
    QuizAnalysis.objects.bulk_create(
        [QuizAnalysis(quiz_id=quiz, changed_at=now) for quiz in known], ignore_conflicts=True
    )
    QuizAnalysis.objects.filter(quiz__in=known).update(changed_at=now)
