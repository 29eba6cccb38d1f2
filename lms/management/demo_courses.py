"""Build the demo's courses through the services of courses and assessments."""

from dataclasses import dataclass, field
from decimal import Decimal

from assessments.enums import Difficulty, QuestionKind
from assessments.models import Question, Quiz
from assessments.scoring.content import Option, QuestionContent
from assessments.services.bank import create_question
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from courses.enums import EnrolmentPolicy, LessonKind
from courses.models import Course, Lesson, Section
from courses.services.course import CourseContent, create_course, publish_course
from courses.services.lesson import publish_lesson, save_draft
from courses.services.outline import add_lesson, add_section
from lms.kernel.actors import Actor
from lms.management.demo_content import DemoCourse, DemoLesson, DemoQuestion, DemoQuiz


@dataclass(slots=True)
class Built:
    """A course with its lessons, quizzes and questions by the key of their file."""

    course: Course
    lessons: dict[str, Lesson] = field(default_factory=dict)
    quizzes: dict[str, Quiz] = field(default_factory=dict)
    questions: dict[str, list[Question]] = field(default_factory=dict)


def build_course(*, actor: Actor, content: DemoCourse) -> Built:
    """Create, fill and publish a course as its instructor."""
    course = create_course(
        actor=actor,
        content=CourseContent(
            title=content.title,
            summary=content.summary,
            description=content.description,
            language=content.language,
            level=content.level,
            tags=content.tags,
            enrolment_policy=EnrolmentPolicy.OPEN,
        ),
    )
    built = Built(course)
    for part in content.sections:
        section = add_section(actor=actor, course=course, title=part.title)
        for item in part.items:
            if isinstance(item, DemoLesson):
                built.lessons[item.key] = _add_text(actor, section, item)
            else:
                _add_quiz(actor, section, item, built)
    publish_course(actor=actor, course=course)
    return _read_again(built)


def _read_again(built: Built) -> Built:
    """The same rows as they are now: those made on the way remember a course in draft."""
    lessons = {
        row.pk: row
        for row in Lesson.objects.filter(course=built.course).select_related("course", "section")
    }
    quizzes = {
        row.pk: row
        for row in Quiz.objects.filter(course=built.course).select_related("course", "lesson")
    }
    return Built(
        course=Course.objects.get(pk=built.course.pk),
        lessons={key: lessons[row.pk] for key, row in built.lessons.items()},
        quizzes={key: quizzes[row.pk] for key, row in built.quizzes.items()},
        questions=built.questions,
    )


def question_content(question: DemoQuestion) -> QuestionContent:
    """A question of the demo's files as the assessments app knows it; one point each."""
    return QuestionContent(
        kind=QuestionKind(question.kind),
        stem=question.stem,
        options=tuple(Option(text=o.text, correct=o.correct) for o in question.options),
        partial_credit=question.kind == "multiple_choice",
        truth=question.truth,
        accepted=question.accepted,
        value="" if question.answer is None else str(question.answer),
        tolerance="0" if question.tolerance is None else str(question.tolerance),
        explanation=question.explanation,
        points=Decimal(1),
        difficulty=Difficulty(question.difficulty),
    )


def _add_text(actor: Actor, section: Section, item: DemoLesson) -> Lesson:
    lesson = add_lesson(
        actor=actor,
        section=section,
        title=item.title,
        kind=LessonKind.TEXT,
        minutes=item.minutes,
        free_preview=item.free_preview,
    )
    save_draft(actor=actor, lesson=lesson, markdown=item.markdown)
    return publish_lesson(actor=actor, lesson=lesson)


def _add_quiz(actor: Actor, section: Section, item: DemoQuiz, built: Built) -> None:
    lesson = add_lesson(
        actor=actor,
        section=section,
        title=item.title,
        kind=LessonKind.QUIZ,
        minutes=item.minutes,
    )
    quiz = create_quiz(
        actor=actor,
        lesson=lesson,
        settings=QuizSettings(
            instructions=item.instructions,
            time_limit_seconds=item.time_limit_minutes * 60,
            attempts_allowed=item.attempts_allowed,
            shuffle_questions=item.shuffle_questions,
        ),
    )
    questions = [
        create_question(actor=actor, course=built.course, content=question_content(question))
        for question in item.questions
    ]
    for question in questions:
        add_item(actor=actor, quiz=quiz, question=question)
    built.quizzes[item.key] = publish_quiz(actor=actor, quiz=quiz)
    built.questions[item.key] = questions
    built.lessons[item.key] = publish_lesson(actor=actor, lesson=lesson)
