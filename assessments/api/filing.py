"""Categories, tags and learning outcomes through the API."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import paged
from assessments.api.filing_shapes import (
    FolderIn,
    FolderOut,
    IntoIn,
    MovedOut,
    NewOutcomeIn,
    OutcomeIn,
    OutcomeOrderIn,
    OutcomeOut,
    QuestionTagIn,
    QuestionTagOut,
    folder_data,
    outcome_data,
    tag_data,
)
from assessments.models import QuestionBank, QuestionCategory
from assessments.queries.bank import bank
from assessments.queries.filing import category, category_tree, outcome, outcomes, tag, tags
from assessments.rules import EDIT_BANK
from assessments.services import learning_outcome, question_category, question_tag
from assessments.services.learning_outcome import OutcomeFields
from assessments.services.question_category import Destination
from courses.api.shapes import COURSE, ID, IF_MATCH, KEY, PAGING, asked, checked, course_of, named
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import require

INTO: Final = OpenApiParameter(
    "into", OpenApiTypes.STR, description="The category its questions go to; none if left out."
)
EDITORS: Final = "who may change the bank"


class BankShelfViewSet(KernelViewSet):
    """The categories and tags of a bank."""

    permission_words = {
        "categories": "who may read the bank",
        "add_category": EDITORS,
        "tags": "who may read the bank",
    }

    @extend_schema(parameters=[ID, *PAGING], responses=FolderOut(many=True))
    @action(detail=True, methods=["get"])
    def categories(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The tree of a bank's categories, each before those inside it."""
        return paged(request, category_tree(self.actor, bank(self.actor, id)), folder_data)

    @extend_schema(parameters=[ID, KEY], request=FolderIn, responses={201: FolderOut})
    @categories.mapping.post
    @idempotent
    def add_category(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """A new category, the last in its parent."""
        row = bank(self.actor, id)
        require(self.actor, EDIT_BANK, row)
        fields = checked(FolderIn, request)
        made = question_category.add_category(
            actor=self.actor, bank=row, name=fields["name"], parent=_parent(self.actor, row, fields)
        )
        if "place" in fields:
            made = question_category.move_category(
                actor=self.actor, category=made, parent=made.parent, place=fields["place"]
            )
        return versioned(_folder(self.actor, made), made.version, 201)

    @extend_schema(parameters=[ID, *PAGING], responses=QuestionTagOut(many=True))
    @action(detail=True, methods=["get"])
    def tags(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The tags of a bank, by name."""
        return paged(request, tags(self.actor, bank(self.actor, id)), tag_data)


class CategoryViewSet(KernelViewSet):
    """One category of a bank."""

    permission_words = {"partial_update": EDITORS, "destroy": EDITORS, "merge": EDITORS}

    @extend_schema(parameters=[ID, IF_MATCH], request=FolderIn, responses=FolderOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Rename a category, or move it with all it holds."""
        row = category(self.actor, id)
        require(self.actor, EDIT_BANK, row.bank)
        fields, expected = checked(FolderIn, request, partial=True), expected_version(request)
        to = None
        if "parent" in fields or "place" in fields:
            kept = row.parent if "parent" not in fields else _parent(self.actor, row.bank, fields)
            to = Destination(kept, fields.get("place"))
        row = question_category.change_category(
            actor=self.actor, category=row, name=fields.get("name"), to=to, expected=expected
        )
        return versioned(_folder(self.actor, row), row.version)

    @extend_schema(parameters=[ID, INTO], request=None, responses={200: MovedOut})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Remove a category with those inside it."""
        row = category(self.actor, id)
        require(self.actor, EDIT_BANK, row.bank)
        wanted = asked(request, "into")
        into = category(self.actor, wanted, bank=row.bank) if wanted else None
        count = question_category.delete_category(actor=self.actor, category=row, into=into)
        return Response({"moved": count})

    @extend_schema(parameters=[ID], request=IntoIn, responses=MovedOut)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Pour a category into another one and remove it."""
        row = category(self.actor, id)
        require(self.actor, EDIT_BANK, row.bank)
        into = category(self.actor, checked(IntoIn, request)["into"], bank=row.bank)
        count = question_category.merge_category(actor=self.actor, category=row, into=into)
        return Response({"moved": count})


class QuestionTagViewSet(KernelViewSet):
    """One tag of a bank."""

    permission_words = {"partial_update": EDITORS, "destroy": EDITORS, "merge": EDITORS}

    @extend_schema(parameters=[ID], request=QuestionTagIn, responses=QuestionTagOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Spell a tag another way."""
        row = tag(self.actor, id)
        require(self.actor, EDIT_BANK, row.bank)
        name = checked(QuestionTagIn, request)["name"]
        return Response(tag_data(question_tag.rename_tag(actor=self.actor, tag=row, name=name)))

    @extend_schema(parameters=[ID], request=None, responses={200: MovedOut})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take a tag off all questions."""
        row = tag(self.actor, id)
        return Response({"moved": question_tag.delete_tag(actor=self.actor, tag=row)})

    @extend_schema(parameters=[ID], request=IntoIn, responses=MovedOut)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Give a tag's questions another tag and remove it."""
        row = tag(self.actor, id)
        require(self.actor, EDIT_BANK, row.bank)
        into = tag(self.actor, checked(IntoIn, request)["into"], bank=row.bank)
        return Response({"moved": question_tag.merge_tag(actor=self.actor, tag=row, into=into)})


class OutcomeViewSet(KernelViewSet):
    """The learning outcomes of courses."""

    permission_words = {
        "list": "the course's staff",
        "create": "the course's instructors",
        "partial_update": "the course's instructors",
        "destroy": "the course's instructors",
        "reorder": "the course's instructors",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=OutcomeOut(many=True))
    def list(self, request: Request) -> Response:
        """The outcomes of a course, which has to be named, in their order."""
        course = course_of(self.actor, asked(request, "course"))
        return paged(request, outcomes(self.actor, course), outcome_data)

    @extend_schema(parameters=[KEY], request=NewOutcomeIn, responses={201: OutcomeOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """A new outcome after the others."""
        course = course_of(self.actor, named(request, "course"))
        require(self.actor, MANAGE_COURSE, course)
        fields = _outcome_fields(self.actor, checked(NewOutcomeIn, request))
        row = learning_outcome.add_outcome(actor=self.actor, course=course, fields=fields)
        return versioned(outcome_data(row), row.version, 201)

    @extend_schema(parameters=[ID, IF_MATCH], request=OutcomeIn, responses=OutcomeOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change what an outcome says; fields that are left out stay."""
        row = outcome(self.actor, id)
        require(self.actor, MANAGE_COURSE, row.course)
        known = {"code": row.code, "title": row.title, "description": row.description}
        given = checked(OutcomeIn, request, partial=True)
        fields = _outcome_fields(self.actor, {**known, **given})
        row = learning_outcome.update_outcome(
            actor=self.actor, outcome=row, fields=fields, expected=expected_version(request)
        )
        return versioned(outcome_data(row), row.version)

    @extend_schema(parameters=[ID], request=None, responses={200: MovedOut})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Remove an outcome; questions serve it no more."""
        row = outcome(self.actor, id)
        return Response({"moved": learning_outcome.delete_outcome(actor=self.actor, outcome=row)})

    @extend_schema(request=OutcomeOrderIn, responses={204: None})
    @action(detail=False, methods=["put"], url_path="order", url_name="order")
    def reorder(self, request: Request) -> Response:
        """Put the outcomes of a course in another order."""
        course = course_of(self.actor, named(request, "course"))
        require(self.actor, MANAGE_COURSE, course)
        order = checked(OutcomeOrderIn, request)["order"]
        learning_outcome.reorder_outcomes(actor=self.actor, course=course, order=order)
        return Response(status=204)


def _parent(actor: Actor, row: QuestionBank, fields: dict[str, Any]) -> QuestionCategory | None:
    wanted = fields.get("parent")
    return category(actor, wanted, bank=row) if wanted else None


def _folder(actor: Actor, row: QuestionCategory) -> dict[str, Any]:
    tree = category_tree(actor, row.bank)
    return next(folder_data(node) for node in tree if node.row.pk == row.pk)


def _outcome_fields(actor: Actor, given: dict[str, Any]) -> OutcomeFields:
    ids = given.get("prerequisites")
    return OutcomeFields(
        code=given["code"],
        title=given["title"],
        description=given["description"],
        prerequisites=None if ids is None else [outcome(actor, one) for one in ids],
    )
