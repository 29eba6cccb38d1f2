"""Start generating questions; the jobs that do."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ai.api.forecast import ForecastOut, forecast_data
from ai.enums import Bloom, Difficulty, QuestionKind, Use
from ai.gateway.provider import MAX_COUNT
from ai.services.generation import MAX_CONTENT, Wish, estimate_questions, request_questions
from assessments.queries.filing import outcome
from courses.api.shapes import KEY, checked, course_of, lesson_of, named, section_of
from courses.rules import ASSIST_COURSE
from lms.kernel.rest.jobs import JobEnvelope, JobViewSet
from lms.kernel.rest.views import KernelViewSet, idempotent, job_response
from lms.kernel.rules import require

_FROM = "from a lesson or for a course: its staff; from text alone: anyone who teaches"


class GenerateIn(serializers.Serializer[Any]):
    """From a lesson, a section or text; with `course` the drafts go to its review queue.

    `course` alone means all its lessons; questions are spread over them by length.
    `outcome` names a learning outcome of the course. `use: rules` keeps the text on this server.
    """

    content = serializers.CharField(
        required=False, max_length=MAX_CONTENT, trim_whitespace=False, allow_blank=True
    )
    lesson = serializers.CharField(required=False, max_length=22)
    section = serializers.CharField(required=False, max_length=22)
    course = serializers.CharField(required=False, max_length=22)
    outcome = serializers.CharField(required=False, max_length=22)
    bloom = serializers.ChoiceField(choices=Bloom.choices, default=Bloom.REMEMBER)
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    count = serializers.IntegerField(min_value=1, max_value=MAX_COUNT)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, default=Difficulty.MEDIUM)
    use = serializers.ChoiceField(choices=Use.choices, default=Use.AUTO)


class GenerateViewSet(KernelViewSet):
    """Questions from a lesson or a text, as drafts for review."""

    throttle_scope = "ai"
    permission_words = {"create": _FROM, "estimate": _FROM}

    @extend_schema(
        parameters=[KEY],
        request=GenerateIn,
        responses={202: JobEnvelope, 200: JobEnvelope},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Start a job that writes questions.

        Its result names the drafts. `Prefer: wait=n` waits up to 10 seconds.
        """
        return job_response(request, request_questions(actor=self.actor, wish=self._wish(request)))

    @extend_schema(request=GenerateIn, responses=ForecastOut)
    @action(detail=False, methods=["post"])
    def estimate(self, request: Request) -> Response:
        """What the job would cost; nothing is started."""
        found = estimate_questions(actor=self.actor, wish=self._wish(request))
        return Response(forecast_data(found))

    def _wish(self, request: Request) -> Wish:
        """What the body asks for; what it names is looked up before the rest is read (Z2)."""
        wished = {
            name: named(request, name, required=False)
            for name in ("lesson", "section", "course", "outcome")
        }
        lesson = lesson_of(self.actor, wished["lesson"]) if wished["lesson"] else None
        section = section_of(self.actor, wished["section"]) if wished["section"] else None
        course = course_of(self.actor, wished["course"]) if wished["course"] else None
        for target in (course, *(place.course for place in (lesson, section) if place)):
            if target is not None:
                require(self.actor, ASSIST_COURSE, target)
        wanted = wished["outcome"]
        fields = checked(GenerateIn, request)
        return Wish(
            kind=QuestionKind(fields["kind"]),
            count=fields["count"],
            difficulty=Difficulty(fields["difficulty"]),
            use=Use(fields["use"]),
            content=fields.get("content", ""),
            lesson=lesson,
            section=section,
            course=course,
            bloom=Bloom(fields["bloom"]),
            outcome=outcome(self.actor, wanted) if wanted else None,
        )


class AiJobViewSet(JobViewSet):
    """The AI jobs you started."""

    kind_prefix = "ai."
