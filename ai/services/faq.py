"""Answers for everybody: what staff wrote, or found good enough, for the tutor to cite."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from ai.events import FaqAdded
from ai.models import Faq
from ai.services.indexing import write_faq
from courses.models import Course, Lesson
from courses.rules import MANAGE_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_QUESTION: Final = 500
MAX_ANSWER: Final = 4_000


def add_faq(
    *, actor: Actor, course: Course, question: str, answer: str, lesson: Lesson | None = None
) -> Faq:
    """Make a question and its answer one that the tutor cites to everybody; twice is once.

    Raises NotFound, Denied (instructors alone), Invalid for `question` or `answer`.
    """
    require(actor, MANAGE_COURSE, course)
    asked = require_text(question, field="question", max_length=MAX_QUESTION).strip()
    said = require_text(answer, field="answer", max_length=MAX_ANSWER).strip()
    if not asked:
        raise Invalid(_("Write the question first."), field="question")
    if not said:
        raise Invalid(_("Write the answer first."), field="answer")
    with transaction.atomic():
        there = Faq.objects.filter(course=course, lesson=lesson, question=asked)
        known = there.filter(answer=said).first()
        if known is not None:
            return known
        entry = Faq.objects.create(
            course=course,
            lesson=lesson,
            question=asked,
            answer=said,
            created_by_id=actor.user_id,
        )
        write_faq(entry)
        publish(FaqAdded(course_id=course.pk, faq_id=entry.pk), actor=actor)
    return entry
