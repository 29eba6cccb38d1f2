"""Quizzes and their questions through the API."""

from collections.abc import Sequence
from typing import Any, Final

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.attempt_shapes import ResultOut, result_data
from assessments.api.fields import SEARCH, Lines, asked_choice, choice, paged, paged_together
from assessments.api.gradebook_files import download
from assessments.api.quiz_shapes import (
    CodeIn,
    CountOut,
    ItemChangeIn,
    ItemIn,
    ItemOrderIn,
    ItemOut,
    QuizIn,
    QuizOut,
    RegradeIn,
    SettingsIn,
    item_data,
    quiz_data,
    settings_from,
)
from assessments.enums import AttemptState
from assessments.models import Quiz
from assessments.queries.attempt import RESULT_ORDERINGS, results
from assessments.queries.bank import question
from assessments.queries.quiz import (
    asked_question,
    editable,
    item,
    items,
    quiz,
    quizzes,
    section,
)
from assessments.rules import EDIT_QUIZ
from assessments.services.access import set_access_code
from assessments.services.closing import settle_overdue
from assessments.services.grading import regrade_question
from assessments.services.quiz import (
    create_quiz,
    publish_quiz,
    release_results,
    settings_of,
    unpublish_quiz,
    update_quiz,
)
from assessments.services.quiz_items import add_item, remove_item, reorder_items, update_item
from assessments.services.result_export import write_results
from courses.api.shapes import (
    COURSE,
    ID,
    IF_MATCH,
    KEY,
    PAGING,
    asked,
    checked,
    course_of,
    lesson_of,
    named,
)
from courses.rules import EDIT_LESSON
from lms.kernel.errors import NotFound
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rest.wire import FILES
from lms.kernel.rules import allows, require

RESULT_CHOICES: Final = [
    choice("state", AttemptState.values, "Only attempts that have come so far."),
    choice("ordering", [*RESULT_ORDERINGS], "What comes first; newest without it."),
]
ITEM_ID: Final = OpenApiParameter("item_id", OpenApiTypes.STR, OpenApiParameter.PATH)


class QuizViewSet(KernelViewSet):
    """Quizzes: published ones of your courses, all of those you staff."""

    permission_words = {
        "list": "members of the course, published ones; staff all",
        "create": "the course's instructors",
        "retrieve": "who may read its lesson; drafts staff only",
        "partial_update": "the course's instructors",
        "publish": "the course's instructors",
        "unpublish": "the course's instructors",
        "release": "the course's instructors",
        "access_code": "the course's instructors",
        "regrade": "the course's instructors",
        "export_results": "the course's staff",
        "results": "the course's staff",
        "items": "the course's staff",
        "add_item": "the course's instructors",
        "change_item": "the course's instructors",
        "remove_item": "the course's instructors",
        "reorder": "the course's instructors",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=QuizOut(many=True))
    def list(self, request: Request) -> Response:
        """Quizzes you may see, in the order of the outline."""
        named_course = asked(request, "course")
        course = course_of(self.actor, named_course) if named_course else None
        return paged_together(request, quizzes(self.actor, course=course), self._lines)

    @extend_schema(parameters=[KEY], request=QuizIn, responses={201: QuizOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Make the quiz of a lesson; the one it has already is returned."""
        lesson = lesson_of(self.actor, named(request, "lesson"))
        require(self.actor, EDIT_LESSON, lesson)
        fields = checked(QuizIn, request)
        fields.pop("lesson")
        row = create_quiz(actor=self.actor, lesson=lesson, settings=settings_from(fields))
        return versioned(self._data(row), row.version, 201)

    @extend_schema(parameters=[ID], responses=QuizOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One quiz with its rules, without its questions."""
        row = quiz(self.actor, id)
        return versioned(self._data(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=SettingsIn, responses=QuizOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change settings of a quiz; fields that are left out stay."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        fields = checked(SettingsIn, request, partial=True)
        settings = settings_from(fields, settings_of(row))
        row = update_quiz(
            actor=self.actor, quiz=row, settings=settings, expected=expected_version(request)
        )
        return versioned(self._data(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=QuizOut)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Open a quiz to learners."""
        row = quiz(self.actor, id)
        row = publish_quiz(actor=self.actor, quiz=row, expected=expected_version(request))
        return versioned(self._data(row), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=QuizOut)
    @action(detail=True, methods=["post"])
    def unpublish(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take a quiz back; open attempts can be finished."""
        row = quiz(self.actor, id)
        row = unpublish_quiz(actor=self.actor, quiz=row, expected=expected_version(request))
        return versioned(self._data(row), row.version)

    @extend_schema(parameters=[ID], request=None, responses=CountOut)
    @action(detail=True, methods=["post"])
    def release(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Let learners see the results scored so far."""
        return Response({"changed": release_results(actor=self.actor, quiz=quiz(self.actor, id))})

    @extend_schema(parameters=[ID, IF_MATCH], request=CodeIn, responses=QuizOut)
    @action(detail=True, methods=["put"], url_path="access-code")
    def access_code(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Ask for a code before each start, or for none. Nobody can read it again."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        code = checked(CodeIn, request)["code"]
        row = set_access_code(
            actor=self.actor, quiz=row, code=code, expected=expected_version(request)
        )
        return versioned(self._data(row), row.version)

    @extend_schema(parameters=[ID], request=RegradeIn, responses=CountOut)
    @action(detail=True, methods=["post"])
    def regrade(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Score everybody's answers to a question again with its latest key."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        asked_one = asked_question(self.actor, row, named(request, "question"))
        count = regrade_question(actor=self.actor, quiz=row, question=asked_one)
        return Response({"changed": count})

    @extend_schema(
        parameters=[
            ID,
            SEARCH,
            *RESULT_CHOICES,
            *PAGING,
        ],
        responses=ResultOut(many=True),
    )
    @action(detail=True, methods=["get"])
    def results(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Everybody's attempts at a quiz."""
        row = quiz(self.actor, id)
        settle_overdue(quiz=row)
        rows = results(
            self.actor,
            row,
            ordering=asked_choice(request, "ordering", [*RESULT_ORDERINGS], "newest"),
            state=asked_choice(request, "state", AttemptState.values),
            search=asked(request, "search"),
        )
        return paged(request, rows, result_data)

    @extend_schema(
        parameters=[ID, SEARCH, *RESULT_CHOICES],
        responses={(200, "text/csv"): OpenApiTypes.STR},
        operation_id="quizzes_results_export",
    )
    @action(detail=True, methods=["get"], url_path="results/export", renderer_classes=FILES)
    def export_results(self, request: Request, id: str) -> HttpResponse:  # noqa: A002
        """Everybody's attempts at a quiz as CSV, 20,000 at most."""
        row = quiz(self.actor, id)
        settle_overdue(quiz=row)
        text = write_results(
            actor=self.actor,
            quiz=row,
            ordering=asked_choice(request, "ordering", [*RESULT_ORDERINGS], "newest"),
            state=asked_choice(request, "state", AttemptState.values),
            search=asked(request, "search"),
        )
        return download(text, "text/csv; charset=utf-8", f"results-{row.public_id}.csv")

    @extend_schema(parameters=[ID, *PAGING], responses=ItemOut(many=True))
    @action(detail=True, methods=["get"])
    def items(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The fixed questions of a quiz, in order."""
        return paged(request, items(self.actor, quiz(self.actor, id)), item_data)

    @extend_schema(parameters=[ID, KEY], request=ItemIn, responses={201: ItemOut})
    @items.mapping.post
    @idempotent
    def add_item(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Ask another question, at the end of a section."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        asked_one = question(self.actor, named(request, "question"), course=row.course)
        named_one = named(request, "section", required=False)
        place = section(self.actor, row, named_one) if named_one else None
        fields = checked(ItemIn, request)
        added = add_item(
            actor=self.actor,
            quiz=row,
            question=asked_one,
            points=fields.get("points"),
            pinned=self._version(asked_one, fields.get("pinned")),
            section=place,
        )
        return Response(item_data(added), 201)

    @extend_schema(parameters=[ID, ITEM_ID], request=ItemChangeIn, responses=ItemOut)
    @action(detail=True, methods=["patch"], url_path="items/(?P<item_id>[^/]+)")
    def change_item(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        item_id: str,
    ) -> Response:
        """Give a question other points, pin a version, or follow the latest."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        found = item(self.actor, row, item_id)
        fields = checked(ItemChangeIn, request)
        pinned = found.pinned
        if "pinned" in fields:
            pinned = self._version(found.question, fields["pinned"])
        changed = update_item(
            actor=self.actor,
            item=found,
            points=fields.get("points", found.points),
            pinned=pinned,
        )
        return Response(item_data(changed))

    @extend_schema(parameters=[ID, ITEM_ID], request=None, responses={204: None})
    @change_item.mapping.delete
    def remove_item(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        item_id: str,
    ) -> Response:
        """Take a question out of the quiz; it stays in the bank."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        remove_item(actor=self.actor, item=item(self.actor, row, item_id))
        return Response(status=204)

    @extend_schema(parameters=[ID, IF_MATCH], request=ItemOrderIn, responses=QuizOut)
    @action(detail=True, methods=["put"], url_path="order", url_name="order")
    def reorder(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Put sections, questions and draws in another order."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        fields = checked(ItemOrderIn, request)
        row = reorder_items(
            actor=self.actor,
            quiz=row,
            order=fields["order"],
            expected=expected_version(request),
        )
        return versioned(self._data(row), row.version)

    def _lines(self, rows: Sequence[Quiz]) -> Lines:
        mine = editable(self.actor, rows)
        return [quiz_data(row, edits=row.pk in mine) for row in rows]

    def _data(self, row: Quiz) -> dict[str, Any]:
        return quiz_data(row, edits=allows(self.actor, EDIT_QUIZ, row))

    def _version(self, asked_one: Any, number: int | None) -> Any:
        if number is None:
            return None
        # A quiz keeps what it asks, also when the question's bank is lent no more.
        found = asked_one.versions.filter(number=number).first()
        if found is None:
            raise NotFound
        return found
