"""Make the course of the exam benchmark and print it as JSON; run in a process of its own."""

import json
import sys
from decimal import Decimal
from typing import Any

import django

STEMS = {
    "single_choice": "Which of these stones is volcanic? ",
    "multiple_choice": "Which of these numbers are prime? ",
    "true_false": "A cairn is a pile of stones. ",
    "short_answer": "What is the capital of Ecuador? ",
    "numeric": "How tall is the tower, in metres? ",
}


def content(number: int) -> Any:
    """The question of a number: the five kinds in turn, worth one point each."""
    from assessments.enums import QuestionKind
    from assessments.scoring.content import Option, QuestionContent

    kind = list(STEMS)[number % len(STEMS)]
    stones = (Option("Basalt", correct=True), Option("Chalk"), Option("Slate"), Option("Marl"))
    primes = (Option("2", correct=True), Option("3", correct=True), Option("4"), Option("9"))
    more: dict[str, Any] = {
        "single_choice": {"options": stones},
        "multiple_choice": {"options": primes},
        "true_false": {"truth": True},
        "short_answer": {"accepted": ("Quito",)},
        "numeric": {"value": "324", "tolerance": "1"},
    }[kind]
    stem = f"{STEMS[kind]}({number})"
    return QuestionContent(kind=QuestionKind(kind), stem=stem, points=Decimal(1), **more)


def main(students: int, questions: int, *, prepared: bool = False) -> dict[str, Any]:
    """The quiz, a token of each student, and a right answer by the stem of each question.

    `prepared` draws everybody's attempt ahead, as before an exam that has an opening time.
    """
    from accounts.models import User
    from assessments.scoring.registry import type_of
    from assessments.services.bank import create_question, version_content
    from assessments.services.preparing import prepare_attempts
    from assessments.services.quiz import QuizSettings, create_quiz, publish_quiz
    from assessments.services.quiz_items import add_item
    from courses.models import Course, Enrolment, Lesson, Section
    from lms.kernel import actors

    owner = User.objects.create_user(
        "owner@bench.example", "a long enough phrase", site_role="instructor", name="Owner"
    )
    course = Course.objects.create(slug="exam", title="Exam", state="published", created_by=owner)
    Enrolment.objects.create(user=owner, course=course, role="instructor")
    section = Section.objects.create(course=course, title="Exam", ordinal=1)
    lesson = Lesson.objects.create(
        course=course, section=section, title="Exam", ordinal=1, kind="quiz", published=True
    )
    teacher = actors.for_user(owner)
    settings = QuizSettings(time_limit_seconds=3600, shuffle_questions=True, shuffle_options=True)
    quiz = create_quiz(actor=teacher, lesson=lesson, settings=settings)
    right = {}
    for number in range(questions):
        question = create_question(actor=teacher, course=course, content=content(number))
        add_item(actor=teacher, quiz=quiz, question=question)
        stored = version_content(question.latest)
        right[stored.stem] = type_of(stored.kind).solution(stored)
    quiz.refresh_from_db()
    publish_quiz(actor=teacher, quiz=quiz)
    tokens = students_of(course, students)
    if prepared:
        prepare_attempts(quiz=quiz)
    return {"quiz": quiz.public_id, "tokens": tokens, "right": right}


def students_of(course: Any, count: int) -> list[str]:
    """Put learners into the course; a token of each."""
    from accounts.models import User
    from accounts.services.tokens import issue_token
    from courses.models import Enrolment
    from lms.kernel import actors

    people = [
        User(email=f"s{n}@bench.example", name=f"Student {n}", password="!") for n in range(count)
    ]
    User.objects.bulk_create(people)
    Enrolment.objects.bulk_create([Enrolment(user=one, course=course) for one in people])
    scopes = actors.ALL_SCOPES
    return [
        issue_token(actor=actors.for_user(one), person=one, name="exam", scopes=scopes, days=1).text
        for one in people
    ]


if __name__ == "__main__":
    django.setup()
    made = main(int(sys.argv[1]), int(sys.argv[2]), prepared="prepared" in sys.argv[3:])
    print(json.dumps(made))
