"""How a course counts, through the API: settings, categories, columns, posting, curves."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.gradebook_shapes import (
    CategoryIn,
    CategoryOut,
    ColumnIn,
    ColumnOut,
    CurvedOut,
    CurveIn,
    GradeCountOut,
    PostIn,
    SettingsShape,
    category_data,
    item_data,
    settings_data,
)
from assessments.models import GradeCategory
from assessments.queries.gradebook import category_in, item_in
from assessments.services.curve import CurveWish, apply_curve, preview_curve, undo_curve
from assessments.services.gradebook import (
    CategoryFields,
    GradebookSettings,
    ItemFields,
    create_category,
    create_manual_item,
    delete_category,
    delete_item,
    update_category,
    update_gradebook,
    update_item,
)
from assessments.services.posting import post_grades
from courses.api.shapes import ID, IF_MATCH, KEY, course_of
from courses.models import Course
from courses.queries.group import group
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned

CATEGORY = OpenApiParameter("category", OpenApiTypes.STR, OpenApiParameter.PATH)
ITEM = OpenApiParameter("item", OpenApiTypes.STR, OpenApiParameter.PATH)
ONE_CATEGORY = r"categories/(?P<category>[^/]+)"
ONE_ITEM = r"items/(?P<item>[^/]+)"


class CurvedListOut(serializers.Serializer[Any]):
    """Every score of a column with what it becomes."""

    scores = CurvedOut(many=True)


class GradebookStructureViewSet(KernelViewSet):
    """The structure of gradebooks, by the id of their course."""

    permission_words = dict.fromkeys(
        ("configure", "categories", "category", "items", "item", "post_grades", "curve", "uncurve"),
        "instructors of the course",
    )

    @extend_schema(parameters=[ID, IF_MATCH], request=SettingsShape, responses=SettingsShape)
    @action(detail=True, methods=["put"], url_path="settings")
    def configure(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change how the course counts; totals follow in a job."""
        course = course_of(self.actor, id)
        sent = _valid(SettingsShape, request)
        levels = [(level["label"], level["least"]) for level in sent.pop("levels")]
        row = update_gradebook(
            actor=self.actor,
            course=course,
            settings=GradebookSettings(levels=levels, **sent),
            expected=expected_version(request),
        )
        return versioned(settings_data(row), row.version)

    @extend_schema(parameters=[ID, KEY], request=CategoryIn, responses={201: CategoryOut})
    @action(detail=True, methods=["post"])
    @idempotent
    def categories(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """A new category."""
        course = course_of(self.actor, id)
        fields = self._category_fields(course, request)
        row = create_category(actor=self.actor, course=course, fields=fields)
        return versioned(_category(row), row.version, 201)

    @extend_schema(
        methods=["put"],
        parameters=[ID, CATEGORY, IF_MATCH],
        request=CategoryIn,
        responses=CategoryOut,
        description="Change a category.",
    )
    @extend_schema(
        methods=["delete"],
        parameters=[ID, CATEGORY],
        responses={204: None},
        description="Remove a category, which moves its columns up.",
    )
    @action(detail=True, methods=["put", "delete"], url_path=ONE_CATEGORY)
    def category(self, request: Request, id: str, category: str) -> Response:  # noqa: A002
        """Change a category; or remove it, which moves its columns up."""
        course = course_of(self.actor, id)
        row = category_in(self.actor, course, category)
        if request.method == "DELETE":
            delete_category(actor=self.actor, category=row)
            return Response(status=204)
        row = update_category(
            actor=self.actor,
            category=row,
            fields=self._category_fields(course, request),
            expected=expected_version(request),
        )
        return versioned(_category(row), row.version)

    @extend_schema(parameters=[ID, KEY], request=ColumnIn, responses={201: ColumnOut})
    @action(detail=True, methods=["post"])
    @idempotent
    def items(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """A new column that is graded by hand."""
        course = course_of(self.actor, id)
        fields = self._item_fields(course, request)
        row = create_manual_item(actor=self.actor, course=course, fields=fields)
        return versioned(item_data(row), row.version, 201)

    @extend_schema(
        methods=["put"],
        parameters=[ID, ITEM, IF_MATCH],
        request=ColumnIn,
        responses=ColumnOut,
        description="Change a column.",
    )
    @extend_schema(
        methods=["delete"],
        parameters=[ID, ITEM],
        responses={204: None},
        description="Remove an empty column that is graded by hand.",
    )
    @action(detail=True, methods=["put", "delete"], url_path=ONE_ITEM)
    def item(self, request: Request, id: str, item: str) -> Response:  # noqa: A002
        """Change a column; or remove an empty one that is graded by hand."""
        course = course_of(self.actor, id)
        row = item_in(self.actor, course, item)
        if request.method == "DELETE":
            delete_item(actor=self.actor, item=row)
            return Response(status=204)
        row = update_item(
            actor=self.actor,
            item=row,
            fields=self._item_fields(course, request),
            expected=expected_version(request),
        )
        return versioned(item_data(item_in(self.actor, course, row.public_id)), row.version)

    @extend_schema(parameters=[ID, ITEM], request=PostIn, responses=GradeCountOut)
    @action(detail=True, methods=["post"], url_path=f"{ONE_ITEM}/post")
    def post_grades(self, request: Request, id: str, item: str) -> Response:  # noqa: A002
        """Let learners see their grades in a column, or hide these again."""
        course = course_of(self.actor, id)
        row = item_in(self.actor, course, item)
        sent = _valid(PostIn, request)
        named = sent.pop("group")
        of_group = group(self.actor, named, course=course) if named else None
        count = post_grades(actor=self.actor, item=row, group=of_group, **sent)
        return Response({"count": count})

    @extend_schema(parameters=[ID, ITEM], request=CurveIn, responses=CurvedListOut)
    @action(detail=True, methods=["post"], url_path=f"{ONE_ITEM}/curve")
    def curve(self, request: Request, id: str, item: str) -> Response:  # noqa: A002
        """Curve a column; every score with what it becomes."""
        row = item_in(self.actor, course_of(self.actor, id), item)
        sent = _valid(CurveIn, request)
        preview, reason = sent.pop("preview"), sent.pop("reason")
        wish = CurveWish(**sent)
        pairs = preview_curve(actor=self.actor, item=row, wish=wish)
        if not preview:
            apply_curve(actor=self.actor, item=row, wish=wish, reason=reason)
        scores = [
            {"learner": grade.learner.public_id, "before": grade.score, "after": after}
            for grade, after in pairs
        ]
        return Response({"scores": scores})

    @extend_schema(parameters=[ID, ITEM], request=None, responses=GradeCountOut)
    @action(detail=True, methods=["post"], url_path=f"{ONE_ITEM}/uncurve")
    def uncurve(self, _request: Request, id: str, item: str) -> Response:  # noqa: A002
        """Give every curved score of a column back what it was."""
        row = item_in(self.actor, course_of(self.actor, id), item)
        return Response({"count": undo_curve(actor=self.actor, item=row)})

    def _category_fields(self, course: Course, request: Request) -> CategoryFields:
        sent = _valid(CategoryIn, request)
        parent = sent.pop("parent")
        found = category_in(self.actor, course, parent) if parent else None
        return CategoryFields(parent=found, **sent)

    def _item_fields(self, course: Course, request: Request) -> ItemFields:
        sent = _valid(ColumnIn, request)
        named = sent.pop("category")
        found = category_in(self.actor, course, named) if named else None
        return ItemFields(category=found, **sent)


def _valid(shape: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    sent = shape(data=request.data)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def _category(row: GradeCategory) -> dict[str, Any]:
    keys = {row.parent.pk: row.parent.public_id} if row.parent else {}
    return category_data(row, keys)
