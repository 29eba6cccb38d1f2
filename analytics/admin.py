"""Read-only views of what analytics keeps: the fold and the jobs alone write it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from analytics.models import (
    AuditTable,
    CourseAffinity,
    CourseGlance,
    CourseHour,
    CourseLikeness,
    CourseMastery,
    CourseTotals,
    CourseWeek,
    DailyActivity,
    EarlyWarning,
    FairnessReport,
    Flashcard,
    FlashcardRest,
    FoldState,
    HelpContact,
    InstitutionDay,
    LearnerFeature,
    LearnerRisk,
    LearningStatement,
    PatternRun,
    QuizAnalysis,
    ReportExport,
    ReportSchedule,
    ReviewCard,
    ReviewLog,
    RiskModelVersion,
    RiskObjection,
    SkillAnswer,
    SkillFit,
    SkillMastery,
)
from analytics.services.fold import start_rebuild
from lms.kernel.web.middleware import actor_of


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """Shows rows and changes none."""

    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(DailyActivity)
class DailyActivityAdmin(ReadOnlyAdmin):
    list_display = ("course", "user", "day", "seconds", "lessons_completed", "attempts", "events")
    list_select_related = ("course", "user")
    date_hierarchy = "day"


@admin.register(LearningStatement)
class LearningStatementAdmin(ReadOnlyAdmin):
    list_display = ("course", "learner", "verb", "lesson", "at", "stored_at")
    list_select_related = ("course", "learner", "lesson")
    date_hierarchy = "at"


@admin.register(CourseWeek)
class CourseWeekAdmin(ReadOnlyAdmin):
    list_display = ("course", "week", "people", "seconds", "lessons_completed", "attempts")
    list_select_related = ("course",)


@admin.register(LearnerFeature)
class LearnerFeatureAdmin(ReadOnlyAdmin):
    list_display = ("course", "user", "seconds", "active_days", "scored", "last_seen")
    list_select_related = ("course", "user")


@admin.register(FoldState)
class FoldStateAdmin(ReadOnlyAdmin):
    list_display = ("name", "event_id", "transaction_id", "floor_id", "ran_at")
    actions = ("fold_again",)

    @admin.action(description=_("Fold every event again from the first"))
    def fold_again(self, request: HttpRequest, queryset: QuerySet[FoldState]) -> None:
        """Start the job, whichever rows are chosen."""
        job = start_rebuild(actor=actor_of(request))
        self.message_user(request, _("Job %(id)s was started.") % {"id": job.public_id})


@admin.register(CourseTotals)
class CourseTotalsAdmin(ReadOnlyAdmin):
    list_display = ("course", "counted_at", "stale")
    list_select_related = ("course",)


@admin.register(PatternRun)
class PatternRunAdmin(ReadOnlyAdmin):
    list_display = ("course", "k", "n", "correlation", "p_value", "created_at")
    list_select_related = ("course",)


@admin.register(CourseAffinity)
class CourseAffinityAdmin(ReadOnlyAdmin):
    list_display = ("course", "other", "together", "similarity", "weight")
    list_select_related = ("course", "other")


@admin.register(CourseLikeness)
class CourseLikenessAdmin(ReadOnlyAdmin):
    list_display = ("course", "other", "similarity")
    list_select_related = ("course", "other")


@admin.register(HelpContact)
class HelpContactAdmin(ReadOnlyAdmin):
    list_display = ("course", "learner", "kind", "contacted_by", "created_at")
    list_select_related = ("course", "learner", "contacted_by")


@admin.register(QuizAnalysis)
class QuizAnalysisAdmin(ReadOnlyAdmin):
    list_display = ("quiz", "n", "alpha", "counted_at", "changed_at")
    list_select_related = ("quiz",)


@admin.register(RiskModelVersion)
class RiskModelVersionAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "state", "kind", "courses", "learners", "window_to")
    exclude = ("body",)


@admin.register(EarlyWarning)
class EarlyWarningAdmin(ReadOnlyAdmin):
    list_display = ("course", "on", "changed_by", "changed_at")
    list_select_related = ("course", "changed_by")


@admin.register(LearnerRisk)
class LearnerRiskAdmin(ReadOnlyAdmin):
    list_display = ("course", "learner", "week", "chance", "told_at")
    list_select_related = ("course", "learner")
    date_hierarchy = "week"


@admin.register(RiskObjection)
class RiskObjectionAdmin(ReadOnlyAdmin):
    list_display = ("course", "learner", "created_at", "answered_at")
    list_select_related = ("course", "learner")


@admin.register(CourseMastery)
class CourseMasteryAdmin(ReadOnlyAdmin):
    list_display = ("course", "changed_at", "fitted_at")
    list_select_related = ("course",)


@admin.register(SkillFit)
class SkillFitAdmin(ReadOnlyAdmin):
    list_display = ("outcome", "answers", "fitted", "prior", "learn", "guess", "slip")
    list_select_related = ("outcome",)


@admin.register(SkillAnswer)
class SkillAnswerAdmin(ReadOnlyAdmin):
    list_display = ("course", "learner", "outcome", "right", "at")
    list_select_related = ("course", "learner", "outcome")


@admin.register(SkillMastery)
class SkillMasteryAdmin(ReadOnlyAdmin):
    list_display = ("course", "learner", "outcome", "mastery", "answers", "last_at")
    list_select_related = ("course", "learner", "outcome")


@admin.register(ReviewCard)
class ReviewCardAdmin(ReadOnlyAdmin):
    list_display = ("learner", "course", "due", "stability", "reps", "lapses")
    list_select_related = ("learner", "course")
    exclude = ("flashcard",)


@admin.register(Flashcard)
class FlashcardAdmin(ReadOnlyAdmin):
    """Decks alone: what somebody keeps for themselves is nobody else's."""

    list_display = ("public_id", "course", "state", "outcome", "updated_at")
    list_select_related = ("course", "outcome")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Flashcard]:
        found: QuerySet[Flashcard] = super().get_queryset(request).filter(owner=None)
        return found


@admin.register(FlashcardRest)
class FlashcardRestAdmin(ReadOnlyAdmin):
    list_display = ("learner", "at")
    list_select_related = ("learner",)
    exclude = ("flashcard",)


@admin.register(ReviewLog)
class ReviewLogAdmin(ReadOnlyAdmin):
    list_display = ("learner", "card", "rating", "at")
    list_select_related = ("learner", "card")


@admin.register(ReportExport)
class ReportExportAdmin(ReadOnlyAdmin):
    list_display = ("course", "made_by", "format", "pseudonymous", "size", "created_at")
    list_select_related = ("course", "made_by")
    exclude = ("file",)


@admin.register(CourseHour)
class CourseHourAdmin(ReadOnlyAdmin):
    list_display = ("course", "hour", "events")
    list_select_related = ("course",)
    date_hierarchy = "hour"


@admin.register(ReportSchedule)
class ReportScheduleAdmin(ReadOnlyAdmin):
    list_display = ("course", "user", "every", "on", "next_at", "sent_at")
    list_select_related = ("course", "user")


@admin.register(InstitutionDay)
class InstitutionDayAdmin(ReadOnlyAdmin):
    list_display = ("day", "active", "active_week", "enrolments", "completions")


@admin.register(CourseGlance)
class CourseGlanceAdmin(ReadOnlyAdmin):
    list_display = ("course", "learners", "active", "completed", "need_help", "warned")
    list_select_related = ("course",)


@admin.register(AuditTable)
class AuditTableAdmin(ReadOnlyAdmin):
    """Without the values: they are for the report alone."""

    list_display = ("public_id", "uploaded_by", "created_at", "delete_at", "unknown")
    list_select_related = ("uploaded_by",)


@admin.register(FairnessReport)
class FairnessReportAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "model", "n", "courses", "reason")
    list_select_related = ("model",)
