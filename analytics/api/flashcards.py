"""Flashcards through the API: one's own, and the decks of courses."""

from dataclasses import asdict
from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.enums import FlashcardState
from analytics.models import Flashcard
from analytics.models.flashcard import MAX_SIDE
from analytics.queries.flashcards import Narrow, deck, flashcard, own_cards, rests
from analytics.rules import EDIT_FLASHCARD
from analytics.scoring.pasted_cards import MAX_PASTED
from analytics.services.flashcard_paste import paste_cards, read_cards
from analytics.services.flashcards import (
    Sides,
    add_deck_cards,
    add_own_cards,
    delete_flashcard,
    resume_flashcard,
    suspend_flashcard,
    update_flashcard,
)
from assessments.api.fields import SEARCH, asked_choice, choice, paged
from assessments.models import LearningOutcome
from assessments.queries.filing import outcome
from courses.api.shapes import COURSE, ID, IF_MATCH, KEY, PAGING, asked, checked, course_of, named
from courses.models import Course
from courses.rules import LEARN_COURSE, MANAGE_COURSE
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import require
from lms.kernel.text import render_markdown

SHOWN: Final = ["mine", "deck", "resting"]
SHOW: Final = choice("show", SHOWN, "Of one's own list.")
STAFF: Final = OpenApiParameter(
    "deck_of", OpenApiTypes.STR, description="Id of a course: its deck with drafts, for its staff."
)
OWNER: Final = "the owner of the card; of a deck, the course's instructors"


def _side() -> serializers.CharField:
    return serializers.CharField(max_length=MAX_SIDE, trim_whitespace=False)


class FlashcardIn(serializers.Serializer[Any]):
    """Both sides in Markdown; `outcome` and `state` are for decks alone."""

    front = _side()
    back = _side()
    outcome = serializers.CharField(max_length=22, required=False, allow_null=True)
    state = serializers.ChoiceField(choices=FlashcardState.choices, required=False)


class NewFlashcardIn(FlashcardIn):
    """A new card of a course; with `deck` one for all its learners, a draft unless it says more."""

    course = serializers.CharField(max_length=22)
    deck = serializers.BooleanField(default=False)


class FlashcardOut(serializers.Serializer[Any]):
    """A flashcard; `suspended` is the asker's own word, and only they see `own` cards."""

    id = serializers.CharField()
    course = serializers.CharField()
    own = serializers.BooleanField()
    state = serializers.ChoiceField(choices=FlashcardState.choices)
    outcome = serializers.CharField(allow_null=True)
    front = serializers.CharField()
    back = serializers.CharField()
    front_html = serializers.CharField()
    back_html = serializers.CharField()
    suspended = serializers.BooleanField()
    version = serializers.IntegerField()


class PasteIn(serializers.Serializer[Any]):
    """Cards, one a line, sides apart by a tab or a semicolon; `dry_run` only looks."""

    course = serializers.CharField(max_length=22)
    text = serializers.CharField(max_length=MAX_PASTED, trim_whitespace=False)
    deck = serializers.BooleanField(default=False)
    state = serializers.ChoiceField(choices=FlashcardState.choices, required=False)
    dry_run = serializers.BooleanField(default=False)


class PastedCardOut(serializers.Serializer[Any]):
    """A card and the line it was on, from 1."""

    line = serializers.IntegerField()
    front = serializers.CharField()
    back = serializers.CharField()


class PastedProblemOut(serializers.Serializer[Any]):
    """A line that makes no card, and why."""

    line = serializers.IntegerField()
    text = serializers.CharField()
    words = serializers.CharField()


class PastedOut(serializers.Serializer[Any]):
    """What a text makes, and how many cards were added: none after a dry run."""

    added = serializers.IntegerField()
    cards = PastedCardOut(many=True)
    problems = PastedProblemOut(many=True)


class FlashcardPageOut(serializers.Serializer[Any]):
    """A page of flashcards."""

    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = FlashcardOut(many=True)


class FlashcardViewSet(KernelViewSet):
    """Flashcards of one's own and of courses; they come back in the review."""

    lookup_value_regex = "[^/.]+"
    permission_words = {
        "list": "anyone signed in, their own and their courses'; a deck with drafts for its staff",
        "create": "learners of the course; a deck's by the course's instructors",
        "retrieve": "who may read the card",
        "partial_update": OWNER,
        "destroy": OWNER,
        "paste": "learners of the course; a deck's by the course's instructors",
        "suspend": "the learner whose queue has the card",
        "resume": "the learner whose queue has the card",
    }

    @extend_schema(
        operation_id="review_cards_list",
        parameters=[SEARCH, COURSE, SHOW, STAFF, *PAGING],
        responses=FlashcardPageOut,
    )
    def list(self, request: Request) -> Response:
        """Your flashcards and those of the courses you learn, or the deck of a course."""
        whose, search = asked(request, "deck_of"), asked(request, "search")
        if whose:
            rows = deck(self.actor, course_of(self.actor, whose), search=search)
            return paged(request, rows, flashcard_data)
        show = asked_choice(request, "show", SHOWN)
        narrow = Narrow(search=search, course=asked(request, "course"), show=show)
        return paged(request, own_cards(self.actor, narrow), flashcard_data)

    @extend_schema(parameters=[KEY], request=NewFlashcardIn, responses={201: FlashcardOut})
    @idempotent
    def create(self, request: Request) -> Response:
        """Write a flashcard of your own, or of a course's deck."""
        course = self._course(request)
        fields = checked(NewFlashcardIn, request)
        sides = self._sides(fields)
        if fields["deck"]:
            published = fields.get("state") == FlashcardState.PUBLISHED
            (row,) = add_deck_cards(
                actor=self.actor, course=course, cards=[sides], published=published
            )
        else:
            (row,) = add_own_cards(actor=self.actor, course=course, cards=[sides])
        return versioned(flashcard_data(row), row.version, 201)

    @extend_schema(parameters=[KEY], request=PasteIn, responses=PastedOut)
    @action(detail=False, methods=["post"])
    @idempotent
    def paste(self, request: Request) -> Response:
        """Many flashcards at once out of a text: all, or none while a line makes no card."""
        course = self._course(request)
        fields = checked(PasteIn, request)
        found, made = read_cards(fields["text"]), []
        if not fields["dry_run"]:
            made = paste_cards(
                actor=self.actor,
                course=course,
                text=fields["text"],
                deck=fields["deck"],
                published=fields.get("state") == FlashcardState.PUBLISHED,
            )
        return Response(
            {
                "added": len(made),
                "cards": [asdict(one) for one in found.cards],
                "problems": [asdict(one) for one in found.problems],
            }
        )

    @extend_schema(parameters=[ID], responses=FlashcardOut)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One flashcard, with both of its sides."""
        row = flashcard(self.actor, id)
        return versioned(flashcard_data(row, suspended=rests(self.actor, row)), row.version)

    @extend_schema(parameters=[ID, IF_MATCH], request=FlashcardIn, responses=FlashcardOut)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Change what a flashcard says, or publish it; fields that are left out stay."""
        row = flashcard(self.actor, id)
        require(self.actor, EDIT_FLASHCARD, row)
        fields = checked(FlashcardIn, request, partial=True)
        kept = {"front": row.front, "back": row.back}
        sides = self._sides({**kept, **fields}, row.outcome)
        row = update_flashcard(
            actor=self.actor,
            flashcard=row,
            sides=sides,
            state=fields.get("state", ""),
            expected=expected_version(request),
        )
        return versioned(flashcard_data(row, suspended=rests(self.actor, row)), row.version)

    @extend_schema(parameters=[ID], request=None, responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Remove a flashcard with what anybody remembers of it."""
        delete_flashcard(actor=self.actor, flashcard=flashcard(self.actor, id))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def suspend(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Keep a flashcard out of your review."""
        suspend_flashcard(actor=self.actor, flashcard=flashcard(self.actor, id))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def resume(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Let a suspended flashcard come again."""
        resume_flashcard(actor=self.actor, flashcard=flashcard(self.actor, id))
        return Response(status=204)

    def _course(self, request: Request) -> Course:
        """The course of a body, before anything else of it is checked (Z2)."""
        course = course_of(self.actor, named(request, "course"))
        wanted = isinstance(request.data, dict) and request.data.get("deck") is True
        require(self.actor, MANAGE_COURSE if wanted else LEARN_COURSE, course)
        return course

    def _sides(self, fields: dict[str, Any], kept: LearningOutcome | None = None) -> Sides:
        found = kept
        if "outcome" in fields:
            found = outcome(self.actor, fields["outcome"]) if fields["outcome"] else None
        return Sides(front=fields["front"], back=fields["back"], outcome=found)


def flashcard_data(row: Flashcard, *, suspended: bool | None = None) -> dict[str, Any]:
    """The shape of `FlashcardOut`; `suspended` where the query did not annotate it."""
    return {
        "id": row.public_id,
        "course": row.course.public_id,
        "own": row.owner_id is not None,
        "state": row.state,
        "outcome": row.outcome.public_id if row.outcome else None,
        "front": row.front,
        "back": row.back,
        "front_html": render_markdown(row.front),
        "back_html": render_markdown(row.back),
        "suspended": bool(getattr(row, "rests_now", False)) if suspended is None else suspended,
        "version": row.version,
    }
