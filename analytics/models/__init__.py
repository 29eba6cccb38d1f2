"""What analytics keeps: roll-ups of activity, learners' running figures, reports, items, risks."""

from analytics.models.activity import CourseHour, CourseWeek, DailyActivity
from analytics.models.audit import AuditTable, AuditValue, FairnessReport
from analytics.models.contact import HelpContact
from analytics.models.export import ReportExport
from analytics.models.features import FoldState, LearnerFeature
from analytics.models.flashcard import Flashcard, FlashcardRest
from analytics.models.institution import CourseGlance, InstitutionDay
from analytics.models.items import ItemStatistics, QuizAnalysis
from analytics.models.learning_import import ImportedCourse, LearningImport
from analytics.models.mastery import CourseMastery, SkillAnswer, SkillFit, SkillMastery
from analytics.models.reports import (
    CourseAffinity,
    CourseLikeness,
    CourseTotals,
    PatternPoint,
    PatternRun,
)
from analytics.models.review import ReviewCard, ReviewLog
from analytics.models.risk import EarlyWarning, LearnerRisk, RiskModelVersion, RiskObjection
from analytics.models.schedule import ReportSchedule
from analytics.models.statement import LearningStatement

__all__ = [
    "AuditTable",
    "AuditValue",
    "CourseAffinity",
    "CourseGlance",
    "CourseHour",
    "CourseLikeness",
    "CourseMastery",
    "CourseTotals",
    "CourseWeek",
    "DailyActivity",
    "EarlyWarning",
    "FairnessReport",
    "Flashcard",
    "FlashcardRest",
    "FoldState",
    "HelpContact",
    "ImportedCourse",
    "InstitutionDay",
    "ItemStatistics",
    "LearnerFeature",
    "LearnerRisk",
    "LearningImport",
    "LearningStatement",
    "PatternPoint",
    "PatternRun",
    "QuizAnalysis",
    "ReportExport",
    "ReportSchedule",
    "ReviewCard",
    "ReviewLog",
    "RiskModelVersion",
    "RiskObjection",
    "SkillAnswer",
    "SkillFit",
    "SkillMastery",
]
