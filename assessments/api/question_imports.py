"""Files of questions through the API: bring in, write out, look back, undo."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import asked_choice, choice, paged
from assessments.enums import ExchangeFormat, ImportFate, QuestionState
from assessments.exchange.fidelity import Fidelity
from assessments.exchange.reading import MAX_BYTES, Left
from assessments.models import QuestionBank, QuestionImport
from assessments.queries.bank import QuestionFilter, bank
from assessments.queries.question_import import imports, question_import
from assessments.rules import ADD_TO_BANK
from assessments.services.question_export import export_questions
from assessments.services.question_import import (
    QuestionFile,
    import_questions,
    preview_import,
    report_of,
    undo_import,
)
from courses.api.shapes import ID, PAGING, asked, checked
from lms.kernel.actors import Actor
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import require

WRITTEN_AS: Final = "as"


class ImportIn(serializers.Serializer[Any]):
    """A file of at most 1.5 MB and 1,000 questions; `dry_run` only tells what would come."""

    file = serializers.FileField()
    format = serializers.ChoiceField(
        choices=ExchangeFormat.choices, required=False, help_text="Told by the content if left out."
    )
    take_same = serializers.BooleanField(
        default=False, help_text="Also bring questions that the bank has."
    )
    draft = serializers.BooleanField(default=False, help_text="Bring them in as drafts.")
    dry_run = serializers.BooleanField(default=False)


class ImportLineOut(serializers.Serializer[Any]):
    """A question of the file: its line, its fate, what was lost or why it did not come."""

    line = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    fate = serializers.ChoiceField(choices=ImportFate.choices)
    words = serializers.ListField(child=serializers.CharField())
    question = serializers.CharField(allow_blank=True)


class ImportOut(serializers.Serializer[Any]):
    """An import; `left_count` counts what was skipped or left out."""

    id = serializers.CharField()
    bank = serializers.CharField()
    format = serializers.ChoiceField(choices=ExchangeFormat.choices)
    file_name = serializers.CharField(allow_blank=True)
    question_count = serializers.IntegerField()
    lossy_count = serializers.IntegerField()
    left_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)


class StayingOut(serializers.Serializer[Any]):
    """A question that stays although the import was undone."""

    question = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class ImportReportOut(ImportOut):
    """An import with its report; `id` and `created_at` are null for a dry run."""

    id = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField(allow_null=True)
    lines = ImportLineOut(many=True)
    notes = serializers.ListField(child=serializers.CharField())
    stayed = StayingOut(many=True)


class ExportLossOut(serializers.Serializer[Any]):
    """What the format cannot say of a question, by its place in the file."""

    place = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    reason = serializers.CharField()


class ExportOut(serializers.Serializer[Any]):
    """A file of questions as text, and what is lost in it."""

    format = serializers.ChoiceField(choices=ExchangeFormat.choices)
    file_name = serializers.CharField()
    question_count = serializers.IntegerField()
    text = serializers.CharField(allow_blank=True)
    lost = ExportLossOut(many=True)
    notes = serializers.ListField(child=serializers.CharField())


BANK: Final = OpenApiParameter("bank", OpenApiTypes.STR, description="Id of the bank.")


class BankFilesViewSet(KernelViewSet):
    """Bring files into a bank and write files out of it."""

    permission_words = {
        "import_file": "the course's assistants and instructors",
        "export": "the course's staff",
    }

    @extend_schema(
        parameters=[ID],
        request={"multipart/form-data": ImportIn},
        responses={200: ImportReportOut, 201: ImportReportOut},
    )
    @action(
        detail=True,
        methods=["post"],
        url_path="import",
        url_name="import",
        parser_classes=[MultiPartParser],
    )
    def import_file(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Bring a GIFT, Aiken or Moodle XML file in, all or nothing; 200 for a dry run."""
        row = bank(self.actor, id)
        require(self.actor, ADD_TO_BANK, row)
        given = checked(ImportIn, request)
        file = _file(given)
        if given["dry_run"]:
            report = preview_import(
                actor=self.actor, bank=row, file=file, take_same=given["take_same"]
            )
            return Response(_previewed(row, file, report))
        done = import_questions(
            actor=self.actor,
            bank=row,
            file=file,
            take_same=given["take_same"],
            state=QuestionState.DRAFT if given["draft"] else QuestionState.READY,
        )
        return Response(_reported(done), status=201)

    @extend_schema(
        parameters=[
            ID,
            choice(WRITTEN_AS, ExchangeFormat.values, "The format; GIFT if left out."),
            OpenApiParameter("ids", OpenApiTypes.STR, description="Ids, comma between; else all."),
        ],
        responses=ExportOut,
    )
    @action(detail=True, methods=["get"])
    def export(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The bank's questions as a file in JSON, with what the format cannot say."""
        row = bank(self.actor, id)
        wanted = asked_choice(request, WRITTEN_AS, ExchangeFormat.values, ExchangeFormat.GIFT)
        ids = tuple(one for one in request.query_params.get("ids", "").split(",") if one)
        return Response(_exported(self.actor, row, wanted, ids))


class ImportViewSet(KernelViewSet):
    """The imports into the banks of the courses you staff."""

    permission_words = {
        "list": "staff, own courses",
        "retrieve": "the course's staff",
        "undo": "the course's instructors",
    }

    @extend_schema(parameters=[BANK, *PAGING], responses=ImportOut(many=True))
    def list(self, request: Request) -> Response:
        """Imports of questions, newest first."""
        inside = bank(self.actor, asked(request, "bank")) if asked(request, "bank") else None
        return paged(request, imports(self.actor, bank=inside), _import)

    @extend_schema(parameters=[ID], responses=ImportReportOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One import with its report, line by line."""
        return Response(_reported(question_import(self.actor, id)))

    @extend_schema(parameters=[ID], request=None, responses=ImportReportOut)
    @action(detail=True, methods=["post"])
    def undo(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Remove questions of an import that nobody uses; `stayed` names the others."""
        row = question_import(self.actor, id)
        undo_import(actor=self.actor, brought=row)
        return Response(_reported(question_import(self.actor, id)))


def _file(given: dict[str, Any]) -> QuestionFile:
    upload, wanted = given["file"], given.get("format")
    data = upload.read(MAX_BYTES + 1)
    return QuestionFile(data, upload.name or "", ExchangeFormat(wanted) if wanted else None)


def _import(row: QuestionImport) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "bank": row.bank.public_id,
        "format": row.format,
        "file_name": row.file_name,
        "question_count": row.question_count,
        "lossy_count": row.lossy_count,
        "left_count": row.left_count,
        "created_at": row.created_at,
        "undone_at": row.undone_at,
    }


def _reported(row: QuestionImport) -> dict[str, Any]:
    return {**_import(row), **_report(report_of(row)), "stayed": row.undone}


def _previewed(row: QuestionBank, file: QuestionFile, report: Fidelity) -> dict[str, Any]:
    return {
        "id": None,
        "bank": row.public_id,
        "format": file.kind,
        "file_name": file.name,
        "question_count": report.came,
        "lossy_count": report.count(ImportFate.LESS),
        "left_count": report.count(ImportFate.LEFT, ImportFate.SAME),
        "created_at": None,
        "undone_at": None,
        **_report(report),
        "stayed": [],
    }


def _report(report: Fidelity) -> dict[str, Any]:
    lines = [
        {
            "line": line.line,
            "title": line.title,
            "fate": line.fate,
            "words": list(line.words),
            "question": line.question,
        }
        for line in report.lines
    ]
    return {"lines": lines, "notes": list(report.notes)}


def _exported(actor: Actor, row: QuestionBank, wanted: str, ids: tuple[str, ...]) -> dict[str, Any]:
    done = export_questions(
        actor=actor, bank=row, narrow=QuestionFilter(ids=ids), format=ExchangeFormat(wanted)
    )
    return {
        "format": done.format,
        "file_name": done.name,
        "question_count": done.count,
        "text": done.text,
        "lost": [_loss(one) for one in done.lost],
        "notes": list(done.notes),
    }


def _loss(one: Left) -> dict[str, Any]:
    return {"place": one.line, "title": one.title, "reason": one.reason}
