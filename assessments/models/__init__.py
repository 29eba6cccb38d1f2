"""Question banks, quizzes, attempts as logs, assignments, submissions, and grades."""

from assessments.models.accommodation import Accommodation
from assessments.models.answer_file import AnswerFile
from assessments.models.assignment import Assignment
from assessments.models.attempt import Attempt, AttemptQuestion, AttemptStep
from assessments.models.bank import Question, QuestionBank, QuestionVersion
from assessments.models.bank_share import BankShare, BulkEdit
from assessments.models.filing import LearningOutcome, QuestionCategory, QuestionTag
from assessments.models.grade import Grade, GradeChange, GradeItem
from assessments.models.gradebook import (
    CourseTotal,
    Gradebook,
    GradeCategory,
    GradeCurve,
    TotalOverride,
)
from assessments.models.marking import BankComment, Mark, Outcome, WorkComment
from assessments.models.override import DateOverride
from assessments.models.peer import PeerAppeal, PeerExample, PeerReview, PeerTask, PeerTry
from assessments.models.prepared import PreparedAttempt, PreparedQuestion
from assessments.models.question_import import QuestionImport
from assessments.models.quiz import Quiz, QuizItem
from assessments.models.rubric import Rubric, RubricVersion
from assessments.models.sandbox_report import SandboxReport
from assessments.models.section import QuestionUse, QuizDraw, QuizSection
from assessments.models.stored_file import StoredFile
from assessments.models.submission import (
    Submission,
    SubmissionFile,
    SubmissionMember,
    SubmissionVersion,
)

__all__ = [
    "Accommodation",
    "AnswerFile",
    "Assignment",
    "Attempt",
    "AttemptQuestion",
    "AttemptStep",
    "BankComment",
    "BankShare",
    "BulkEdit",
    "CourseTotal",
    "DateOverride",
    "Grade",
    "GradeCategory",
    "GradeChange",
    "GradeCurve",
    "GradeItem",
    "Gradebook",
    "LearningOutcome",
    "Mark",
    "Outcome",
    "PeerAppeal",
    "PeerExample",
    "PeerReview",
    "PeerTask",
    "PeerTry",
    "PreparedAttempt",
    "PreparedQuestion",
    "Question",
    "QuestionBank",
    "QuestionCategory",
    "QuestionImport",
    "QuestionTag",
    "QuestionUse",
    "QuestionVersion",
    "Quiz",
    "QuizDraw",
    "QuizItem",
    "QuizSection",
    "Rubric",
    "RubricVersion",
    "SandboxReport",
    "StoredFile",
    "Submission",
    "SubmissionFile",
    "SubmissionMember",
    "SubmissionVersion",
    "TotalOverride",
    "WorkComment",
]
