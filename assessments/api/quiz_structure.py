"""The sections of a quiz and its draws from the bank through the API."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import paged, paged_together, points_field, score_field
from assessments.enums import Difficulty, QuestionKind
from assessments.models import Quiz, QuizDraw, QuizSection
from assessments.queries.draws import DrawLine, draw, draw_lines, draws
from assessments.queries.quiz import quiz, section, sections
from assessments.rules import EDIT_QUIZ
from assessments.scoring.narrow import Narrow, narrow_of
from assessments.services.quiz_draws import MAX_NAMED, add_draw, remove_draw, update_draw
from assessments.services.quiz_entries import MAX_ITEMS
from assessments.services.quiz_sections import (
    MAX_INTRODUCTION,
    MAX_TITLE,
    add_section,
    remove_section,
    update_section,
)
from courses.api.shapes import ID, KEY, PAGING, checked, named
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import require

SECTION_ID: Final = OpenApiParameter("section_id", OpenApiTypes.STR, OpenApiParameter.PATH)
DRAW_ID: Final = OpenApiParameter("draw_id", OpenApiTypes.STR, OpenApiParameter.PATH)


class QuizSectionIn(serializers.Serializer[Any]):
    """A section; `introduction` is Markdown that learners read at its start."""

    title = serializers.CharField(max_length=MAX_TITLE, required=False, allow_blank=True)
    introduction = serializers.CharField(
        max_length=MAX_INTRODUCTION, required=False, allow_blank=True
    )
    shuffle = serializers.BooleanField(required=False)


class QuizSectionOut(serializers.Serializer[Any]):
    """A section of a quiz."""

    id = serializers.CharField()
    ordinal = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    introduction = serializers.CharField(allow_blank=True)
    introduction_html = serializers.CharField(allow_blank=True)
    shuffle = serializers.BooleanField()


def _ids() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=22), max_length=MAX_NAMED, required=False
    )


class NarrowField(serializers.Serializer[Any]):
    """Which questions fit: those with one of the values of each field; empty fits all.

    A category holds all that is inside it. Without `banks` questions come from the course's own.
    """

    banks = _ids()

    kinds = serializers.ListField(
        child=serializers.ChoiceField(choices=QuestionKind.choices),
        max_length=len(QuestionKind),
        required=False,
    )
    difficulties = serializers.ListField(
        child=serializers.ChoiceField(choices=Difficulty.choices),
        max_length=len(Difficulty),
        required=False,
    )

    categories = _ids()
    tags = _ids()
    outcomes = _ids()


class QuizDrawIn(serializers.Serializer[Any]):
    """`count` questions at `points` each; without `section` at the end of the last one."""

    section = serializers.CharField(max_length=22, required=False, allow_null=True)
    count = serializers.IntegerField(min_value=1, max_value=MAX_ITEMS)
    points = points_field(required=False)
    filter = NarrowField(required=False)


class QuizDrawChangeIn(serializers.Serializer[Any]):
    """What is drawn from now on; a `filter` replaces the one there was."""

    count = serializers.IntegerField(min_value=1, max_value=MAX_ITEMS, required=False)
    points = points_field(required=False)
    filter = NarrowField(required=False)


class QuizDrawOut(serializers.Serializer[Any]):
    """A draw, and how many ready questions fit it that the quiz does not ask anyway (`matching`).

    `missing` more are needed, because they are too few or because other draws want the same ones.
    """

    id = serializers.CharField()
    section = serializers.CharField()
    ordinal = serializers.IntegerField()
    count = serializers.IntegerField()
    points = score_field()
    filter = NarrowField()
    matching = serializers.IntegerField()
    missing = serializers.IntegerField()


class QuizSectionViewSet(KernelViewSet):
    """The sections of a quiz; their order is set together with that of the questions."""

    permission_words = {
        "sections": "the course's staff",
        "add_section": "the course's instructors",
        "change_section": "the course's instructors",
        "remove_section": "the course's instructors",
    }

    @extend_schema(parameters=[ID, *PAGING], responses=QuizSectionOut(many=True))
    @action(detail=True, methods=["get"])
    def sections(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The sections of a quiz, in order."""
        return paged(request, sections(self.actor, quiz(self.actor, id)), _section)

    @extend_schema(parameters=[ID, KEY], request=QuizSectionIn, responses={201: QuizSectionOut})
    @sections.mapping.post
    @idempotent
    def add_section(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Add a section at the end."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        added = add_section(actor=self.actor, quiz=row, **checked(QuizSectionIn, request))
        return Response(_section(added), 201)

    @extend_schema(parameters=[ID, SECTION_ID], request=QuizSectionIn, responses=QuizSectionOut)
    @action(detail=True, methods=["patch"], url_path="sections/(?P<section_id>[^/]+)")
    def change_section(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        section_id: str,
    ) -> Response:
        """Give a section other words, or shuffle it."""
        found = self._section(id, section_id)
        fields: dict[str, Any] = {
            "title": found.title,
            "introduction": found.introduction,
            "shuffle": found.shuffle,
        }
        fields |= checked(QuizSectionIn, request)
        return Response(_section(update_section(actor=self.actor, section=found, **fields)))

    @extend_schema(parameters=[ID, SECTION_ID], request=None, responses={204: None})
    @change_section.mapping.delete
    def remove_section(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        section_id: str,
    ) -> Response:
        """Take a section away; its questions go to the section before."""
        remove_section(actor=self.actor, section=self._section(id, section_id))
        return Response(status=204)

    def _section(self, public_id: str, section_id: str) -> QuizSection:
        row = quiz(self.actor, public_id)
        require(self.actor, EDIT_QUIZ, row)
        return section(self.actor, row, section_id)


class QuizDrawViewSet(KernelViewSet):
    """What a quiz draws from the bank for each attempt."""

    permission_words = {
        "draws": "the course's staff",
        "add_draw": "the course's instructors",
        "change_draw": "the course's instructors",
        "remove_draw": "the course's instructors",
    }

    @extend_schema(parameters=[ID, *PAGING], responses=QuizDrawOut(many=True))
    @action(detail=True, methods=["get"])
    def draws(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The draws of a quiz, in order, with what fits them now."""
        row = quiz(self.actor, id)
        rows = draws(self.actor, row)
        lines = {line.draw.pk: line for line in draw_lines(row, list(rows))}
        return paged_together(request, rows, lambda page: [_draw(lines[one.pk]) for one in page])

    @extend_schema(parameters=[ID, KEY], request=QuizDrawIn, responses={201: QuizDrawOut})
    @draws.mapping.post
    @idempotent
    def add_draw(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Draw questions, at the end of a section."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        named_one = named(request, "section", required=False)
        place = section(self.actor, row, named_one) if named_one else None
        fields = checked(QuizDrawIn, request)
        added = add_draw(
            actor=self.actor,
            quiz=row,
            section=place,
            count=fields["count"],
            points=fields.get("points", Decimal(1)),
            narrow=_narrow(fields.get("filter", {})),
        )
        return Response(self._line(row, added), 201)

    @extend_schema(parameters=[ID, DRAW_ID], request=QuizDrawChangeIn, responses=QuizDrawOut)
    @action(detail=True, methods=["patch"], url_path="draws/(?P<draw_id>[^/]+)")
    def change_draw(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        draw_id: str,
    ) -> Response:
        """Draw other questions, more, fewer, or at other points."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        found = draw(self.actor, row, draw_id)
        fields = checked(QuizDrawChangeIn, request)
        narrow = _narrow(fields["filter"]) if "filter" in fields else narrow_of(found.narrow)
        changed = update_draw(
            actor=self.actor,
            draw=found,
            count=fields.get("count", found.count),
            points=fields.get("points", found.points),
            narrow=narrow,
        )
        return Response(self._line(row, changed))

    @extend_schema(parameters=[ID, DRAW_ID], request=None, responses={204: None})
    @change_draw.mapping.delete
    def remove_draw(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        draw_id: str,
    ) -> Response:
        """Take a draw out of the quiz."""
        row = quiz(self.actor, id)
        require(self.actor, EDIT_QUIZ, row)
        remove_draw(actor=self.actor, draw=draw(self.actor, row, draw_id))
        return Response(status=204)

    def _line(self, row: Quiz, one: QuizDraw) -> dict[str, Any]:
        lines = draw_lines(row, list(draws(self.actor, row)))
        return _draw(next(line for line in lines if line.draw.pk == one.pk))


def _section(row: QuizSection) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "ordinal": row.ordinal,
        "title": row.title,
        "introduction": row.introduction,
        "introduction_html": row.introduction_html,
        "shuffle": row.shuffle,
    }


def _draw(line: DrawLine) -> dict[str, Any]:
    row = line.draw
    return {
        "id": row.public_id,
        "section": row.section.public_id,
        "ordinal": row.ordinal,
        "count": row.count,
        "points": row.points,
        "filter": asdict(line.narrow),
        "matching": line.matching,
        "missing": line.missing,
    }


def _narrow(fields: dict[str, Any]) -> Narrow:
    return Narrow(
        banks=tuple(fields.get("banks", ())),
        kinds=tuple(QuestionKind(one) for one in fields.get("kinds", ())),
        difficulties=tuple(Difficulty(one) for one in fields.get("difficulties", ())),
        categories=tuple(fields.get("categories", ())),
        tags=tuple(fields.get("tags", ())),
        outcomes=tuple(fields.get("outcomes", ())),
    )
