"""The gradebook as a file, out and in again, and a learner's own transcript, through the API."""

from typing import Any, Final

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import asked_choice, choice
from assessments.exchange.grade_csv import Typed
from assessments.forms.gradebook import ImportForm
from assessments.services.grade_export import TYPES, write_gradebook
from assessments.services.grade_import import Plan, apply_import, plan_import
from assessments.services.transcript import write_own_transcript
from courses.api.shapes import ID, checked, course_of
from courses.rules import ASSIST_COURSE
from lms.kernel.errors import Invalid
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rest.wire import FILES
from lms.kernel.rules import require

PDF: Final = "application/pdf"
AS: Final = choice("as", list(TYPES), "The kind of file; CSV without it.")
TOLD: Final = 200


class GradeImportIn(serializers.Serializer[Any]):
    """A CSV or XLSX file of at most 2 MB that was exported and filled in.

    Empty cells change nothing; `dry_run` only tells what would change.
    """

    file = serializers.FileField()
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)
    dry_run = serializers.BooleanField(default=False)


class GradeChangePlannedOut(serializers.Serializer[Any]):
    """A cell: the learner and the column by name, before and after."""

    learner = serializers.CharField()
    column = serializers.CharField()
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class GradeImportProblemOut(serializers.Serializer[Any]):
    """Why a cell cannot be used; line 0 is the file as a whole."""

    line = serializers.IntegerField()
    words = serializers.CharField()


class GradeImportOut(serializers.Serializer[Any]):
    """How many cells change or stay, the first 200 changes, and what stands in the way."""

    dry_run = serializers.BooleanField()
    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    changes = GradeChangePlannedOut(many=True)
    problems = GradeImportProblemOut(many=True)


class GradebookFileViewSet(KernelViewSet):
    """Files of gradebooks, by the id of their course."""

    permission_words = {
        "export": "the course's staff",
        "import_file": "the course's assistants and instructors",
        "transcript": "learners of the course, their own posted grades",
    }

    @extend_schema(
        parameters=[ID, AS],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, TYPES["xlsx"]): OpenApiTypes.BINARY,
        },
        operation_id="gradebook_export",
    )
    @action(detail=True, methods=["get"], renderer_classes=FILES)
    def export(self, request: Request, id: str) -> HttpResponse:  # noqa: A002 - the URL's word
        """The whole grid as CSV or as a workbook, which can be filled in and imported."""
        course = course_of(self.actor, id)
        ending = asked_choice(request, "as", list(TYPES), "csv")
        data = write_gradebook(actor=self.actor, course=course, ending=ending)
        return download(data, TYPES[ending], f"{course.slug}-grades.{ending}")

    @extend_schema(
        parameters=[ID], request={"multipart/form-data": GradeImportIn}, responses=GradeImportOut
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="import",
        url_name="import",
        parser_classes=[MultiPartParser],
    )
    def import_file(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Bring grades in from a file, every cell or none; a dry run only tells what would change.

        What stands in the way is told by a dry run, and is 400 otherwise. 409 `import_changed`
        when a cell was changed meanwhile.
        """
        course = course_of(self.actor, id)
        require(self.actor, ASSIST_COURSE, course)
        given = checked(GradeImportIn, request)
        plan = plan_import(actor=self.actor, course=course, cells=_cells(request))
        if not given["dry_run"]:
            if plan.problems:
                words = [f"{one.line}: {one.words}" for one in plan.problems[:10]]
                raise Invalid("; ".join(words), field="file")
            reason = given.get("reason", "")
            apply_import(actor=self.actor, course=course, changes=plan.changes, reason=reason)
        return Response(_planned(plan, dry_run=given["dry_run"]))

    @extend_schema(parameters=[ID], responses={(200, PDF): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], renderer_classes=FILES)
    def transcript(self, _request: Request, id: str) -> HttpResponse:  # noqa: A002
        """Your own transcript as PDF: the posted grades and the total."""
        course = course_of(self.actor, id)
        pdf = write_own_transcript(actor=self.actor, course=course)
        return download(pdf, PDF, f"{course.slug}-transcript.pdf")


def download(data: bytes | str, kind: str, name: str) -> HttpResponse:
    """A file that a browser saves and nobody keeps in between (P8)."""
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _cells(request: Request) -> list[Typed]:
    form = ImportForm(files=request.FILES, data={})
    if not form.is_valid():
        raise Invalid(" ".join(str(words) for words in form.errors["file"]), field="file")
    found: list[Typed] = form.cleaned_data["file"]
    return found


def _planned(plan: Plan, *, dry_run: bool) -> dict[str, Any]:
    told = {
        "dry_run": dry_run,
        "changed": len(plan.changes),
        "unchanged": plan.unchanged,
        "changes": plan.lines[:TOLD],
        "problems": plan.problems[:TOLD],
    }
    return dict(GradeImportOut(told).data)
