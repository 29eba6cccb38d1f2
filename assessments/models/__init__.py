"""Question banks, quizzes, attempts as logs, and grades."""

from assessments.models.accommodation import Accommodation
from assessments.models.attempt import Attempt, AttemptQuestion, AttemptStep
from assessments.models.bank import Question, QuestionBank, QuestionVersion
from assessments.models.grade import Grade, GradeChange, GradeItem
from assessments.models.quiz import Quiz, QuizItem

__all__ = [
    "Accommodation",
    "Attempt",
    "AttemptQuestion",
    "AttemptStep",
    "Grade",
    "GradeChange",
    "GradeItem",
    "Question",
    "QuestionBank",
    "QuestionVersion",
    "Quiz",
    "QuizItem",
]
