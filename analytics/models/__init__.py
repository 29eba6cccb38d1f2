"""What analytics keeps: roll-ups of activity, learners' running figures, reports, items."""

from analytics.models.activity import CourseWeek, DailyActivity
from analytics.models.contact import HelpContact
from analytics.models.features import FoldState, LearnerFeature
from analytics.models.items import ItemStatistics, QuizAnalysis
from analytics.models.reports import CourseAffinity, CourseTotals, PatternPoint, PatternRun

__all__ = [
    "CourseAffinity",
    "CourseTotals",
    "CourseWeek",
    "DailyActivity",
    "FoldState",
    "HelpContact",
    "ItemStatistics",
    "LearnerFeature",
    "PatternPoint",
    "PatternRun",
    "QuizAnalysis",
]
