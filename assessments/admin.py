"""Read-only views of questions, quizzes, attempts and grades: services alone write them."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from assessments.models import (
    Accommodation,
    Assignment,
    Attempt,
    AttemptQuestion,
    AttemptStep,
    Grade,
    Gradebook,
    GradeChange,
    GradeItem,
    Question,
    QuestionBank,
    QuestionImport,
    QuestionVersion,
    Quiz,
    QuizDraw,
    QuizItem,
    QuizSection,
    Submission,
    SubmissionVersion,
)
from lms.kernel.web.admin import ReadOnlyAdmin


@admin.register(QuestionBank)
class QuestionBankAdmin(ReadOnlyAdmin):
    list_display = ("title", "course", "question_count")
    list_select_related = ("course",)
    search_fields = ("title",)


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ("text", "kind", "state", "difficulty", "use_count", "bank")
    list_select_related = ("bank",)
    list_filter = ("kind", "state", "difficulty")
    search_fields = ("text",)


@admin.register(QuestionImport)
class QuestionImportAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "bank", "format", "question_count", "created_by", "undone_at")
    list_select_related = ("bank", "created_by")
    list_filter = ("format",)


@admin.register(QuestionVersion)
class QuestionVersionAdmin(ReadOnlyAdmin):
    list_display = ("question", "number", "points", "created_by", "created_at")
    list_select_related = ("question", "created_by")


@admin.register(Quiz)
class QuizAdmin(ReadOnlyAdmin):
    list_display = ("lesson", "course", "state", "item_count", "points", "time_limit_seconds")
    list_select_related = ("lesson", "course")
    list_filter = ("state",)


@admin.register(QuizItem)
class QuizItemAdmin(ReadOnlyAdmin):
    list_display = ("quiz", "ordinal", "question", "points", "pinned")
    list_select_related = ("quiz", "question", "pinned")


@admin.register(QuizSection)
class QuizSectionAdmin(ReadOnlyAdmin):
    list_display = ("quiz", "ordinal", "title", "shuffle")
    list_select_related = ("quiz",)


@admin.register(QuizDraw)
class QuizDrawAdmin(ReadOnlyAdmin):
    list_display = ("quiz", "ordinal", "count", "points", "narrow")
    list_select_related = ("quiz",)


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "quiz", "learner", "number", "state", "score", "started_at")
    list_select_related = ("quiz", "learner")
    list_filter = ("state",)
    search_fields = ("public_id",)


@admin.register(AttemptQuestion)
class AttemptQuestionAdmin(ReadOnlyAdmin):
    list_display = ("attempt", "ordinal", "version", "seq", "verdict", "score", "points")
    list_select_related = ("attempt", "version")


@admin.register(AttemptStep)
class AttemptStepAdmin(ReadOnlyAdmin):
    list_display = ("attempt", "question", "kind", "seq", "at", "actor")
    list_select_related = ("attempt", "question", "actor")
    list_filter = ("kind",)


@admin.register(GradeItem)
class GradeItemAdmin(ReadOnlyAdmin):
    list_display = ("public_id", "course", "kind", "quiz", "title")
    list_filter = ("kind",)
    list_select_related = ("course", "quiz")


@admin.register(Grade)
class GradeAdmin(ReadOnlyAdmin):
    list_display = ("learner", "item", "status", "score", "max_score", "released", "updated_at")
    list_select_related = ("learner", "item")
    list_filter = ("status", "released")


@admin.register(Gradebook)
class GradebookAdmin(ReadOnlyAdmin):
    """How courses count, with the letters, periods and statuses of their own."""

    list_display = ("course", "rule", "ungraded", "show_totals", "own_statuses")
    list_select_related = ("course",)
    list_filter = ("rule",)

    @admin.display(description=_("statuses of its own"))
    def own_statuses(self, row: Gradebook) -> str:
        """Their names, archived ones in brackets."""
        return ", ".join(
            f"({one['name']})" if one["archived"] else one["name"] for one in row.statuses
        )


@admin.register(GradeChange)
class GradeChangeAdmin(ReadOnlyAdmin):
    list_display = ("grade", "source", "before", "after", "reason", "actor", "at")
    list_select_related = ("grade", "actor")
    ordering: ClassVar = ["-id"]


@admin.register(Accommodation)
class AccommodationAdmin(ReadOnlyAdmin):
    list_display = ("person", "time_factor", "set_by", "updated_at")
    list_select_related = ("person", "set_by")
    search_fields = ("person__name", "person__email")
    exclude = ("note",)


@admin.register(Assignment)
class AssignmentAdmin(ReadOnlyAdmin):
    list_display = ("lesson", "course", "state", "points", "due_at", "group_work")
    list_select_related = ("lesson", "course")
    list_filter = ("state",)


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """What is being written stays its authors' alone."""

    list_display = ("public_id", "assignment", "state", "version_count", "submitted_at")
    list_select_related = ("assignment",)
    list_filter = ("state",)
    exclude = ("learner", "saved_by", "draft_text", "draft_url")


@admin.register(SubmissionVersion)
class SubmissionVersionAdmin(ReadOnlyAdmin):
    list_display = ("submission", "number", "submitted_at", "due_at", "asked")
    list_select_related = ("submission",)
    exclude = ("submitted_by",)
