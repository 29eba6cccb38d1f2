"""What analytics keeps: roll-ups of activity, learners' running figures, reports, contacts."""

from analytics.models.activity import CourseWeek, DailyActivity
from analytics.models.contact import HelpContact
from analytics.models.features import FoldState, LearnerFeature
from analytics.models.reports import CourseAffinity, CourseTotals, PatternPoint, PatternRun

__all__ = [
    "CourseAffinity",
    "CourseTotals",
    "CourseWeek",
    "DailyActivity",
    "FoldState",
    "HelpContact",
    "LearnerFeature",
    "PatternPoint",
    "PatternRun",
]
