"""Which outcomes of a course its quizzes ask about."""

from collections import defaultdict
from collections.abc import Collection

from assessments.models import LearningOutcome, Question, QuestionUse, Quiz, QuizDraw, QuizItem
from courses.models import Course


def asked_outcomes(course: Course, quizzes: Collection[Quiz]) -> dict[int, set[int]]:
    """The keys of the outcomes that each quiz asks about, by the quiz's key, in four queries.

    Of fixed questions, of those that draws gave to anybody so far, and those that a draw names.
    The caller has checked who asks.
    """
    found: dict[int, set[int]] = {quiz.pk: set() for quiz in quizzes}
    links = Question.outcomes.through._default_manager.filter(learningoutcome__course=course)
    asked: dict[int, set[int]] = defaultdict(set)
    for model in (QuizItem, QuestionUse):
        pairs = model._default_manager.filter(quiz__in=found).order_by()
        for quiz, question in pairs.values_list("quiz_id", "question_id").distinct():
            asked[question].add(quiz)
    served = links.filter(question__in=asked).values_list("question_id", "learningoutcome_id")
    for question, outcome in served:
        for quiz in asked[question]:
            found[quiz].add(outcome)
    keys = dict(LearningOutcome.objects.filter(course=course).values_list("public_id", "pk"))
    for quiz, narrow in QuizDraw.objects.filter(quiz__in=found).values_list("quiz_id", "narrow"):
        found[quiz] |= {keys[one] for one in narrow.get("outcomes", ()) if one in keys}
    return found
