from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from assessments.enums import QuestionKind
from assessments.models import QuizItem, QuizSection
from assessments.tests.factories import make_quiz, make_school

STRUCTURE = import_module("assessments.migrations.0026_structure_of_quizzes")


@pytest.mark.django_db
def test_quizzes_from_before_sections_get_one_each_with_all_their_questions() -> None:
    school = make_school()
    first = make_quiz(school, QuestionKind.NUMERIC, QuestionKind.TRUE_FALSE)
    second = make_quiz(school, QuestionKind.NUMERIC)
    empty = make_quiz(school, QuestionKind.NUMERIC)
    empty.items.all().delete()
    # As before: no quiz has a section of its own, and no question stands in one of its quiz.
    elsewhere = make_quiz(school, QuestionKind.NUMERIC).sections.get()
    QuizItem.objects.update(section=elsewhere)
    QuizSection.objects.exclude(pk=elsewhere.pk).delete()
    asked = list(QuizItem.objects.order_by("pk").values_list("pk", "quiz", "ordinal", "points"))
    STRUCTURE.put_into_sections(apps, connection.schema_editor(atomic=False))
    for quiz, count in ((first, 2), (second, 1), (empty, 0)):
        section = quiz.sections.get()
        assert (section.title, section.ordinal, section.shuffle) == ("", 1, False)
        assert len(section.public_id) == 22
        assert section.items.count() == quiz.items.count() == count
    after = QuizItem.objects.order_by("pk").values_list("pk", "quiz", "ordinal", "points")
    assert list(after) == asked
