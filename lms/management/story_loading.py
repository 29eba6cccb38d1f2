"""Make a course of a story and have questions generated for each of its lessons."""

from dataclasses import asdict, dataclass, field
from typing import Any

from ai.enums import QuestionKind
from ai.models import Draft
from ai.services.generation import Wish, request_questions
from courses.enums import EnrolmentPolicy, LessonKind
from courses.models import Course, Lesson
from courses.services.course import CourseContent, create_course
from courses.services.lesson import publish_lesson, save_draft
from courses.services.outline import add_lesson, add_section
from lms.kernel.actors import Actor
from lms.kernel.jobs.run import run_job
from lms.kernel.models import Job
from lms.management.stories import Story

# What makes a question answerable: its proof stands in the text, and proves this answer alone.
ANSWERABLE = frozenset({"evidence_in_source", "answer_in_evidence", "one_option_supported"})
DATA_SET = "FairytaleQA, Apache-2.0"


@dataclass(frozen=True, slots=True)
class LessonReport:
    """What came of asking for questions on one lesson.

    `valid` questions passed every blocking check, `answerable` those about their evidence;
    `rejected` counts by the check that stopped a question before anybody saw it.
    """

    lesson: str
    asked: int
    valid: int
    answerable: int
    rejected: dict[str, int]
    remarks: tuple[str, ...]
    questions: tuple[dict[str, Any], ...]


@dataclass(slots=True)
class StoryReport:
    """The report on a whole story."""

    story: str
    course: str
    lessons: list[LessonReport] = field(default_factory=list)

    def totals(self) -> dict[str, Any]:
        """Sums over the lessons."""
        reasons: dict[str, int] = {}
        for lesson in self.lessons:
            for name, count in lesson.rejected.items():
                reasons[name] = reasons.get(name, 0) + count
        return {
            "asked": sum(lesson.asked for lesson in self.lessons),
            "valid": sum(lesson.valid for lesson in self.lessons),
            "answerable": sum(lesson.answerable for lesson in self.lessons),
            "rejected": sum(reasons.values()),
            "reasons": reasons,
        }

    def as_json(self) -> dict[str, Any]:
        """Everything, for a file."""
        return {
            "story": self.story,
            "course": self.course,
            "totals": self.totals(),
            "lessons": [asdict(lesson) for lesson in self.lessons],
        }

    def as_text(self) -> str:
        """A few lines for a screen."""
        lines = [
            f"{lesson.lesson}: {lesson.asked} asked, {lesson.valid} valid, "
            f"{lesson.answerable} answerable, {sum(lesson.rejected.values())} rejected"
            for lesson in self.lessons
        ]
        sums = self.totals()
        lines.append(
            f"{self.story}: {sums['asked']} asked, {sums['valid']} valid, "
            f"{sums['answerable']} answerable, {sums['rejected']} rejected"
        )
        lines += [f"  {name}: {count}" for name, count in sorted(sums["reasons"].items())]
        return "\n".join(lines)


def build_story(*, actor: Actor, story: Story) -> tuple[Course, list[Lesson]]:
    """A draft course with one published lesson for each section of the story."""
    course = create_course(
        actor=actor,
        content=CourseContent(
            title=story.title,
            summary=f"A story in {len(story.sections)} parts.",
            description=f"Source: {story.source} ({DATA_SET}).",
            enrolment_policy=EnrolmentPolicy.INVITATION,
        ),
    )
    section = add_section(actor=actor, course=course, title=story.title)
    lessons = []
    for number, text in enumerate(story.sections, start=1):
        lesson = add_lesson(
            actor=actor,
            section=section,
            title=f"Part {number}",
            kind=LessonKind.TEXT,
            minutes=max(1, len(text.split()) // 200),
        )
        origin = {"source": story.source, "section": number, "data_set": DATA_SET}
        save_draft(actor=actor, lesson=lesson, markdown=text, provenance=origin)
        lessons.append(publish_lesson(actor=actor, lesson=lesson))
    return course, lessons


def ask_about(*, actor: Actor, lesson: Lesson, kind: QuestionKind, count: int) -> LessonReport:
    """Have up to `count` questions made of a lesson, here and now, and look at what came."""
    job = request_questions(actor=actor, wish=Wish(kind=kind, count=count, lesson=lesson))
    run_job(job.pk)
    done = Job.objects.get(pk=job.pk)
    result = done.result or {}
    drafts = list(Draft.objects.filter(job=done).order_by("ordinal"))
    return LessonReport(
        lesson=lesson.title,
        asked=count,
        valid=sum(not failed(draft, blocking=True) for draft in drafts),
        answerable=sum(not failed(draft) & ANSWERABLE for draft in drafts),
        rejected=dict(result.get("rejected", {})),
        remarks=tuple(result.get("remarks", ())) or ((done.error,) if done.error else ()),
        questions=tuple(_as_read(draft) for draft in drafts),
    )


def failed(draft: Draft, *, blocking: bool = False) -> set[str]:
    """Names of the checks that a draft did not pass; with `blocking` only those that stop it."""
    return {
        check["name"]
        for check in draft.checks
        if not check["passed"] and (check["blocking"] or not blocking)
    }


def _as_read(draft: Draft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "stem": draft.content["stem"],
        "answer": draft.content["answer"],
        "options": [option["text"] for option in draft.content["options"]],
        "evidence": list(draft.evidence),
        "failed_checks": sorted(failed(draft)),
        "provider": draft.provider,
    }
