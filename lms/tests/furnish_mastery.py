"""What the learner of the small world masters, and what comes back to them."""

from analytics.services.flashcards import Sides, add_deck_cards, add_own_cards
from analytics.services.mastery import take_in
from assessments.enums import QuestionKind, ReviewPreset
from assessments.scoring.content import QuestionContent
from assessments.scoring.review import PRESETS
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import create_question
from assessments.services.closing import submit_attempt
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_items import add_item
from courses.enums import LessonKind
from courses.models import Lesson
from lms.tests.world import World

CONTENT = QuestionContent(
    kind=QuestionKind.TRUE_FALSE, stem="A cairn marks a way in fog.", truth=True
)


def furnish_mastery(world: World) -> None:
    """The learner's handed-in answers count for the outcome; one of them was wrong."""
    world.things["question"].outcomes.add(world.things["outcome"])
    _practice(world)
    _cards(world)
    take_in(
        world.course.pk,
        quizzes=[world.things["quiz"].pk],
        learners=[world.people["learner"].pk],
    )


def _practice(world: World) -> None:
    teacher, learner = world.actors["instructor"], world.actors["learner"]
    lesson = Lesson.objects.create(
        course=world.course,
        section=world.lessons["published quiz"].section,
        title="practice lesson",
        ordinal=52,
        kind=LessonKind.QUIZ,
        published=True,
    )
    question = create_question(actor=teacher, course=world.course, content=CONTENT)
    settings = QuizSettings(attempts_allowed=None, review=PRESETS[ReviewPreset.PRACTICE])
    quiz = create_quiz(actor=teacher, lesson=lesson, settings=settings)
    add_item(actor=teacher, quiz=quiz, question=question)
    quiz.refresh_from_db()
    quiz = publish_quiz(actor=teacher, quiz=quiz)
    attempt = start_attempt(actor=learner, quiz=quiz)
    part = attempt.questions.get()
    save_answer(actor=learner, attempt=attempt, question=part, answer=False, seq=1)
    submit_attempt(actor=learner, attempt=attempt)
    world.things["missed question"] = question


def _cards(world: World) -> None:
    teacher, learner = world.actors["instructor"], world.actors["learner"]
    sides = Sides(front="What marks a way in fog?", back="A cairn.")
    cards = [
        add_deck_cards(actor=teacher, course=world.course, cards=[sides], published=published)[0]
        for published in (True, False)
    ]
    world.things["flashcard"], world.things["draft flashcard"] = cards
    (world.things["own flashcard"],) = add_own_cards(
        actor=learner, course=world.course, cards=[sides]
    )
