"""Jobs and drafts for tests, made by the services with rules alone."""

from typing import Any

from ai.enums import Difficulty, QuestionKind, Use
from ai.models import Draft
from ai.services.consent import give_consent
from ai.services.generation import Wish, request_questions
from ai.tests.passages import PLATES
from courses.models import Course, Lesson
from lms.kernel.actors import Actor
from lms.kernel.models import Job
from lms.kernel.testing import run_jobs


def wish(**changes: Any) -> Wish:
    """Two single-choice questions about plate tectonics."""
    base: dict[str, Any] = {
        "kind": QuestionKind.SINGLE_CHOICE,
        "count": 2,
        "difficulty": Difficulty.MEDIUM,
        "use": Use.AUTO,
    }
    if "lesson" not in changes:
        base["content"] = PLATES
    return Wish(**{**base, **changes})


def make_drafts(actor: Actor, *, course: Course | None = None, **changes: Any) -> list[Draft]:
    """Drafts of one finished job."""
    job = request_questions(actor=actor, wish=wish(course=course, **changes))
    run_jobs()
    return drafts_of(job)


def drafts_of(job: Job) -> list[Draft]:
    """A job's drafts in order."""
    return list(Draft.objects.filter(job=job).order_by("ordinal"))


def hostile_draft(actor: Actor, course: Course, lesson: Lesson | None = None) -> Draft:
    """A draft as if a model had got hostile text through every check."""
    bad = "<script>alert(1)</script> ![x](https://evil.example/p.png) [y](javascript:alert(2))"
    return Draft.objects.create(
        ordinal=1,
        course=course,
        lesson=lesson,
        kind=QuestionKind.SINGLE_CHOICE,
        difficulty=Difficulty.EASY,
        content={
            "stem": f"What is it? {bad}",
            "answer": bad,
            "options": [{"text": bad, "right": True}, {"text": "a *b* _c_", "right": False}],
            "accepted": [],
            "tolerance": "0",
            "unit": "",
            "explanation": bad,
        },
        evidence=[bad],
        source={"title": bad, "version": 0, "sha256": "0", "passage": bad, "blocks": []},
        checks=[{"name": "clean_text", "passed": False, "detail": bad, "blocking": True}],
        provider="openai_compatible",
        model=bad,
        prompt_version="questions-2",
        created_by_id=actor.user_id,
    )


def agree(actor: Actor) -> Actor:
    """The same actor, who agreed to talk to an AI."""
    give_consent(actor=actor, of_age=True)
    return actor
