"""Start generating questions; the jobs that do."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ai.enums import Difficulty, QuestionKind, Use
from ai.gateway.provider import MAX_COUNT
from ai.services.generation import MAX_CONTENT, Wish, request_questions
from courses.api.shapes import KEY, checked, course_of, lesson_of, named
from courses.rules import ASSIST_COURSE
from lms.kernel.rest.jobs import JobEnvelope, JobViewSet
from lms.kernel.rest.views import KernelViewSet, idempotent, job_response
from lms.kernel.rules import require


class GenerateIn(serializers.Serializer[Any]):
    """From a lesson, or from text; with `course` the drafts go to its review queue.

    `use: rules` keeps the text on this server.
    """

    content = serializers.CharField(
        required=False, max_length=MAX_CONTENT, trim_whitespace=False, allow_blank=True
    )
    lesson = serializers.CharField(required=False, max_length=22)
    course = serializers.CharField(required=False, max_length=22)
    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    count = serializers.IntegerField(min_value=1, max_value=MAX_COUNT)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices, default=Difficulty.MEDIUM)
    use = serializers.ChoiceField(choices=Use.choices, default=Use.AUTO)


class GenerateViewSet(KernelViewSet):
    """Questions from a lesson or a text, as drafts for review."""

    throttle_scope = "ai"
    permission_words = {
        "create": "from a lesson or for a course: its staff; from text alone: anyone who teaches"
    }

    @extend_schema(
        parameters=[KEY],
        request=GenerateIn,
        responses={202: JobEnvelope, 200: JobEnvelope},
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Start the job; its result names the drafts. `Prefer: wait=n` waits up to 10 seconds."""
        wished_lesson = named(request, "lesson", required=False)
        wished_course = named(request, "course", required=False)
        lesson = lesson_of(self.actor, wished_lesson) if wished_lesson else None
        course = course_of(self.actor, wished_course) if wished_course else None
        for target in (course, lesson.course if lesson else None):
            if target is not None:
                require(self.actor, ASSIST_COURSE, target)
        fields = checked(GenerateIn, request)
        wish = Wish(
            kind=QuestionKind(fields["kind"]),
            count=fields["count"],
            difficulty=Difficulty(fields["difficulty"]),
            use=Use(fields["use"]),
            content=fields.get("content", ""),
            lesson=lesson,
            course=course,
        )
        return job_response(request, request_questions(actor=self.actor, wish=wish))


class AiJobViewSet(JobViewSet):
    """The AI jobs you started."""

    kind_prefix = "ai."
