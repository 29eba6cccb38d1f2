"""The review queue through the API."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from analytics.api.bodies import body_of
from analytics.api.examples import QUEUE, RATED
from analytics.queries.review import Due, memory_of, review_queue, turn_of
from analytics.queries.review_card import (
    FlashcardFront,
    Front,
    back,
    flashcard_back,
    fronts,
)
from analytics.scoring.spacing import Recall, intervals
from analytics.services.review import rate_card, undo_rating
from assessments.api.attempt_shapes import (
    OptionSheetOut,
    PartSheetOut,
    options_data,
    parts_data,
)
from assessments.api.keys import QuestionReviewOut, question_review_data
from assessments.enums import QuestionKind
from lms.kernel import clock
from lms.kernel.errors import Invalid
from lms.kernel.rest.views import KernelViewSet, idempotent

AT_ONCE = 50
ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
FLASHCARD = "flashcard"
WORDS = {recall.name.lower(): recall for recall in Recall}


class ReviewCardOut(serializers.Serializer[object]):
    """What comes back, without its answer; `reps` is how often it was rated.

    A flashcard has its front in `stem_html`, and neither lesson, attempt, options nor parts.
    """

    id = serializers.CharField()
    course = serializers.CharField()
    lesson = serializers.CharField(allow_blank=True)
    attempt = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=[*QuestionKind.choices, (FLASHCARD, _("Flashcard"))])
    stem_html = serializers.CharField()
    options = OptionSheetOut(many=True)
    parts = PartSheetOut(many=True)
    unit = serializers.CharField(allow_blank=True)
    reps = serializers.IntegerField()


class ReviewQueueOut(serializers.Serializer[object]):
    """What to review now, the first fifty of `due`; `closed` while an exam of one's own runs.

    `new` of them were never rated, `held` new ones come on another day.
    """

    closed = serializers.BooleanField()
    due = serializers.IntegerField()
    new = serializers.IntegerField()
    held = serializers.IntegerField()
    next_at = serializers.DateTimeField(allow_null=True)
    cards = ReviewCardOut(many=True)


class ReviewAnswerOut(serializers.Serializer[object]):
    """The right answer and one's own then; seconds until it comes back, by rating.

    Of a flashcard its back instead; one of the two is null.
    """

    question = QuestionReviewOut(allow_null=True)
    back_html = serializers.CharField(allow_null=True)
    intervals = serializers.DictField(child=serializers.IntegerField())


class RatingIn(serializers.Serializer[object]):
    """How well it was remembered; `reps` as the card said, so that one answer is rated once."""

    recall = serializers.ChoiceField(choices=list(WORDS))
    reps = serializers.IntegerField(min_value=0)


class RatedOut(serializers.Serializer[object]):
    """When the card comes back."""

    due = serializers.DateTimeField()
    reps = serializers.IntegerField()


class UndoneOut(serializers.Serializer[object]):
    """The question or flashcard whose last rating was taken back."""

    id = serializers.CharField()


class ReviewViewSet(KernelViewSet):
    """Missed questions and flashcards come back before they are forgotten (FSRS-6)."""

    lookup_value_regex = "[^/.]+"
    permission_words = {
        "list": "anyone signed in, their own",
        "answer": "the learner whose queue has it",
        "rate": "the learner whose queue has it",
        "undo": "anyone signed in, their own last rating",
    }

    @extend_schema(responses=ReviewQueueOut, examples=QUEUE)
    def list(self, request: Request) -> Response:
        """Your review queue across your courses."""
        found = review_queue(self.actor)
        cards = fronts(found.due[:AT_ONCE])
        return Response(
            {
                "closed": found.closed,
                "due": len(found.due),
                "new": found.new,
                "held": found.held,
                "next_at": found.next_at,
                "cards": [_card(one) for one in cards],
            }
        )

    @extend_schema(parameters=[ID], responses=ReviewAnswerOut)
    @action(detail=True)
    def answer(self, request: Request, id: str) -> Response:  # noqa: A002
        """The right answer to a question of your queue, or the back of a flashcard."""
        one = turn_of(self.actor, id)
        found = intervals(memory_of(one.card), clock.now())
        asked = question_review_data(back(one.candidate)) if isinstance(one, Due) else None
        return Response(
            {
                "question": asked,
                "back_html": None if isinstance(one, Due) else flashcard_back(one),
                "intervals": {
                    word: int(found[recall].total_seconds()) for word, recall in WORDS.items()
                },
            }
        )

    @extend_schema(parameters=[ID], request=RatingIn, responses=RatedOut, examples=RATED)
    @action(detail=True, methods=["post"])
    @idempotent
    def rate(self, request: Request, id: str) -> Response:  # noqa: A002
        """Rate how well you remembered a question or a flashcard."""
        body = body_of(request.data, frozenset({"recall", "reps"}))
        said, reps = body.get("recall"), body.get("reps")
        if not isinstance(said, str) or said not in WORDS:
            raise Invalid(_("Choose again, hard, good or easy."), field="recall")
        if isinstance(reps, bool) or not isinstance(reps, int) or reps < 0:
            raise Invalid(_("Say how often the card was rated, as it said."), field="reps")
        card = rate_card(actor=self.actor, item_id=id, recall=WORDS[said], reps=reps)
        return Response({"due": card.due, "reps": card.reps})

    @extend_schema(request=None, responses=UndoneOut)
    @action(detail=False, methods=["post"])
    def undo(self, request: Request) -> Response:
        """Take your last rating back, within twelve hours."""
        return Response({"id": undo_rating(actor=self.actor)})


def _card(front: Front | FlashcardFront) -> dict[str, Any]:
    if isinstance(front, FlashcardFront):
        return {
            "id": front.id,
            "course": front.course.public_id,
            "lesson": "",
            "attempt": "",
            "kind": FLASHCARD,
            "stem_html": front.html,
            "options": [],
            "parts": [],
            "unit": "",
            "reps": front.reps,
        }
    sheet = front.sheet
    return {
        "id": front.question,
        "course": front.course.public_id,
        "lesson": front.lesson.public_id,
        "attempt": front.attempt,
        "kind": sheet.kind,
        "stem_html": sheet.stem_html,
        "options": options_data(sheet.options),
        "parts": parts_data(sheet.parts),
        "unit": sheet.unit,
        "reps": front.reps,
    }
