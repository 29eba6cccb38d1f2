"""Secrets of quizzes that are under way: what a check and a score told at once do not tell yet."""

from dataclasses import replace
from datetime import timedelta

from assessments.enums import Behaviour, QuestionKind, ReviewPreset
from assessments.models import Attempt, Quiz
from assessments.scoring.content import QuestionContent
from assessments.scoring.review import PRESETS
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import create_question
from assessments.services.checking import check_question
from assessments.services.closing import submit_attempt
from assessments.services.preparing import prepare_attempts
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from courses.enums import LessonKind
from courses.models import Lesson
from lms.kernel import clock
from lms.tests.leaks.marker import Marker, marker
from lms.tests.world import World

# One try is made here and one by the walk: the third hint is nobody's yet.
TRIES = 5
MARKERS: list[Marker] = [
    marker("the right answer of a question with tries left", "zqtriedkey"),
    marker("its explanation", "zqtriedwhy"),
    marker("the hint after next", "zqthirdhint"),
    marker("the right answer before the quiz closes", "zqclosedkey"),
    marker("its explanation", "zqclosedwhy"),
    marker("a question that is drawn for somebody and not asked yet", "zqahead"),
]


def plant_running(world: World) -> None:
    """A question that was tried once, and a test whose score alone is told."""
    tried = QuizSettings(
        behaviour=Behaviour.INTERACTIVE,
        tries_allowed=TRIES,
        review=PRESETS[ReviewPreset.PRACTICE],
        attempts_allowed=None,
    )
    hints = ("It is short.", "It is shorter.", "zqthirdhint", "zqthirdhint")
    attempt = _begun(world, "Tries", tried, _asked("zqtriedkey", "zqtriedwhy", hints))
    actor, part = world.actors["learner"], attempt.questions.get()
    check_question(actor=actor, attempt=attempt, question=part, answer="Lima", seq=1)
    closing = QuizSettings(
        review=PRESETS[ReviewPreset.TEST], closes_at=clock.now() + timedelta(days=30)
    )
    attempt = _begun(world, "Until it closes", closing, _asked("zqclosedkey", "zqclosedwhy"))
    part = attempt.questions.get()
    save_answer(actor=actor, attempt=attempt, question=part, answer="Lima", seq=1)
    submit_attempt(actor=actor, attempt=attempt)
    ahead = QuizSettings(opens_at=clock.now() + timedelta(days=1))
    quiz = _quiz(world, "Tomorrow", ahead, replace(_asked("any", "why"), stem="zqahead?"))
    prepare_attempts(quiz=quiz)


def _asked(key: str, why: str, hints: tuple[str, ...] = ()) -> QuestionContent:
    return QuestionContent(
        kind=QuestionKind.SHORT_ANSWER,
        stem="Say a word.",
        accepted=(key,),
        explanation=why,
        hints=hints,
    )


def _begun(world: World, title: str, settings: QuizSettings, content: QuestionContent) -> Attempt:
    quiz = _quiz(world, title, settings, content)
    return start_attempt(actor=world.actors["learner"], quiz=quiz)


def _quiz(world: World, title: str, settings: QuizSettings, content: QuestionContent) -> Quiz:
    teacher, section = world.actors["instructor"], world.lessons["published live"].section
    lesson = Lesson.objects.create(
        course=world.course,
        section=section,
        title=title,
        ordinal=section.lessons.count() + 1,
        kind=LessonKind.QUIZ,
        published=True,
    )
    quiz = create_quiz(actor=teacher, lesson=lesson, settings=settings)
    question = create_question(actor=teacher, course=world.course, content=content)
    add_item(actor=teacher, quiz=quiz, question=question)
    return publish_quiz(actor=teacher, quiz=quiz)
