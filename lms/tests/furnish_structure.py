"""A quiz of the small world with two sections and a draw, gone through forward only."""

from decimal import Decimal

from assessments.enums import Layout, Navigation
from assessments.scoring.content import QuestionContent
from assessments.scoring.narrow import Narrow
from assessments.services.attempt import start_attempt
from assessments.services.bank import create_question
from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
from assessments.services.quiz_draws import add_draw
from assessments.services.quiz_items import add_item
from assessments.services.quiz_sections import add_section
from courses.enums import LessonKind
from courses.models import Lesson
from lms.tests.world import World


def furnish_structure(world: World, content: QuestionContent) -> None:
    """The quiz, its second section, its draw, and the learner's open attempt on its first page."""
    teacher, section = world.actors["instructor"], world.lessons["published quiz"].section
    lesson = Lesson.objects.create(
        course=world.course,
        section=section,
        title="drawn lesson",
        ordinal=51,
        kind=LessonKind.QUIZ,
        published=True,
    )
    settings = QuizSettings(layout=Layout.QUESTION, navigation=Navigation.FORWARD)
    quiz = create_quiz(actor=teacher, lesson=lesson, settings=settings)
    question = create_question(actor=teacher, course=world.course, content=content)
    add_item(actor=teacher, quiz=quiz, question=question)
    part = add_section(actor=teacher, quiz=quiz, title="Second part", introduction="Go *on*.")
    draw = add_draw(
        actor=teacher, quiz=quiz, count=1, points=Decimal(2), narrow=Narrow(), section=part
    )
    quiz.refresh_from_db()
    quiz = publish_quiz(actor=teacher, quiz=quiz)
    world.things |= {
        "drawn quiz": quiz,
        "drawn lesson": lesson,
        "quiz section": part,
        "draw": draw,
        "moving attempt": start_attempt(actor=world.actors["learner"], quiz=quiz),
    }
