"""Every question type on every page: written, tried, answered without a script, reviewed."""

import re
from dataclasses import replace
from functools import partial
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from assessments.enums import QuestionKind
from assessments.forms.questions.registry import FORMS
from assessments.models import Attempt, Question
from assessments.queries.attempt import sheet
from assessments.queries.content import version_content
from assessments.queries.review import review
from assessments.scoring.hotspot import Spots
from assessments.scoring.kinds import Marking
from assessments.scoring.registry import type_of
from assessments.services.attempt import start_attempt
from assessments.services.bank import create_question
from assessments.services.closing import submit_attempt
from assessments.tests.factories import (
    CONTENTS,
    School,
    make_attempt,
    make_lesson,
    make_picture,
    make_question,
    make_quiz,
    make_school,
    right_answer,
)
from assessments.tests.views.test_attempt import client_of, item_url, page
from lms.kernel.errors import Invalid
from lms.kernel.testing.queries import captured_queries

pytestmark = pytest.mark.django_db
KINDS = pytest.mark.parametrize("kind", list(QuestionKind))
# A formula's right answer differs from attempt to attempt; it has tests of its own.
FIXED = pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in QuestionKind
        if type_of(kind).marking == Marking.MACHINE and kind != QuestionKind.FORMULA
    ],
)


@pytest.fixture
def school() -> School:
    return make_school()


def fields_of(name: str, kind: QuestionKind, answer: Any) -> dict[str, Any]:
    """An answer as the fields of a plain form."""
    if kind == QuestionKind.ORDERING:
        return {f"{name}-{one}": str(place) for place, one in enumerate(answer, start=1)}
    if kind == QuestionKind.HOTSPOT:
        return {f"{name}-{axis}": str(place / 10) for axis, place in answer.items()}
    if isinstance(answer, dict):
        return {f"{name}-{part}": said for part, said in answer.items()}
    return {name: str(answer).lower() if isinstance(answer, bool) else answer}


def open_attempt(school: School, *kinds: QuestionKind) -> tuple[Attempt, str]:
    quiz = make_quiz(school, *kinds)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    return attempt, f"{item_url(quiz)}attempt/{attempt.public_id}/"


@FIXED
def test_a_plain_form_answers_every_type(school: School, kind: QuestionKind) -> None:
    attempt, url = open_attempt(school, kind)
    client, part = client_of(school, "learner"), attempt.questions.get()
    shown = page(client, url)
    named = set(re.findall(rf'name="(answer-{part.public_id}[^"]*)"', shown))
    answer = right_answer(part.version)
    form = fields_of(f"answer-{part.public_id}", kind, answer)
    assert set(form) == named
    sent = client.post(url, {**form, f"asked-{part.public_id}": "1", "act": "save"})
    assert sent.status_code == 302, sent.content.decode()[-3000:]
    part.refresh_from_db()
    assert part.answer == answer
    page(client, url)
    client.post(f"{url}hand-in/")
    attempt.refresh_from_db()
    assert attempt.score == attempt.max_score
    reviewed = page(client, f"{url}review/")
    assert "Correct" in reviewed
    assert "Not correct" not in reviewed


@KINDS
def test_every_type_can_be_left_unanswered(school: School, kind: QuestionKind) -> None:
    attempt, url = open_attempt(school, kind)
    client, part = client_of(school, "learner"), attempt.questions.get()
    assert client.post(url, {f"asked-{part.public_id}": "1"}).status_code == 302
    submit_attempt(actor=school.actor("learner"), attempt=attempt)
    attempt.refresh_from_db()
    assert attempt.score == 0
    reviewed = page(client, f"{url}review/")
    assert "Not answered" in reviewed


@FIXED
def test_every_type_is_edited_and_tried_on_a_page(school: School, kind: QuestionKind) -> None:
    question = make_question(school, kind)
    client = client_of(school, "instructor")
    url = f"/teach/{school.course.slug}/bank/{question.public_id}/"
    page(client, url)
    content = version_content(question.latest)
    opened = FORMS[kind].opened(content, question.version)
    form: dict[str, Any] = {name: value for name, value in opened.initial.items() if value}
    for one in opened.row_sets:
        for name in one.columns:
            form[f"{one.name}-{name}"] = [row[name] for row in opened.rows[one.name]]
        for name in one.marks:
            rows = enumerate(opened.rows[one.name])
            form[f"{one.name}-{name}"] = [str(place) for place, row in rows if row[name]]
    answer = fields_of("answer-preview", kind, right_answer(question.latest))
    tried = client.post(url, {**form, **answer, "act": "try"}).content.decode()
    assert f"Correct: {content.points.normalize():f} /" in tried
    saved = client.post(url, {**form, "act": "save"})
    assert saved.status_code == 302, saved.content.decode()[-3000:]
    newest = question.versions.order_by("-number")[0]
    assert (newest.number, version_content(newest)) == (1, content)  # nothing changed


@pytest.mark.parametrize("told", [True, False])
def test_reviews_of_parts_say_what_was_right(school: School, told: bool) -> None:
    settings: dict[str, Any] = {} if told else {"attempts_allowed": 2}
    quiz = make_quiz(school, QuestionKind.MATCHING, QuestionKind.ORDERING, **settings)
    attempt = make_attempt(school, quiz)
    client = client_of(school, "learner")
    shown = page(client, f"{item_url(quiz)}attempt/{attempt.public_id}/review/")
    assert ('data-label="Correct"' in shown) == told
    found = review(school.actor("learner"), attempt)
    expected = {True} if told else {None}
    assert [{one.right for one in q.pieces} for q in found.questions] == [expected] * 2


def test_pages_of_many_questions_cost_no_more_queries(school: School) -> None:
    actor = school.actor("learner")
    attempts = [
        start_attempt(actor=actor, quiz=make_quiz(school, *kinds))
        for kinds in (list(QuestionKind)[:1], list(QuestionKind), list(QuestionKind) * 3)
    ]

    costs = [len(captured_queries(partial(sheet, actor, one))) for one in attempts]
    assert costs == [costs[0]] * 3
    assert len(sheet(actor, attempts[2]).questions) == 3 * len(QuestionKind)


def test_a_picture_comes_along_and_is_chosen(school: School) -> None:
    client = client_of(school, "instructor")
    url = f"/teach/{school.course.slug}/bank/new/hotspot/"
    file = BytesIO()
    Image.new("RGB", (30, 20)).save(file, format="PNG")
    form = {
        "stem": "Where?",
        "points": "1",
        "alt": "A hill.",
        "region-shape": ["circle"],
        "region-numbers": ["50 50 10"],
        "act": "save",
    }
    nothing = client.post(url, form)
    assert nothing.status_code == 400
    assert "Choose an image." in nothing.content.decode()
    odd = client.post(url, {**form, "attachment": "../x y"})
    assert odd.status_code == 400
    assert "Choose a picture among the files of the course." in odd.content.decode()
    picture = SimpleUploadedFile("hill.png", file.getvalue(), "image/png")
    assert client.post(url, {**form, "picture": picture}).status_code == 302
    content = version_content(Question.objects.get().latest)
    assert isinstance(content.detail, Spots)
    assert (content.detail.width, content.detail.height) == (30, 20)
    assert (
        client_of(school, "learner").get(f"/attachments/{content.detail.attachment}/").status_code
        == 302
    )


def test_pictures_of_other_courses_and_lessons_are_refused(school: School) -> None:  # Z3
    other = make_school()
    foreign = make_picture(other).public_id
    lesson = make_picture(school)
    lesson.lesson = make_lesson(school)
    lesson.save()
    content = CONTENTS[QuestionKind.HOTSPOT]
    assert isinstance(content.detail, Spots)
    for one in (foreign, lesson.public_id, "1" * 22):
        with pytest.raises(Invalid) as refused:
            create_question(
                actor=school.actor("instructor"),
                course=school.course,
                content=replace(content, detail=replace(content.detail, attachment=one)),
            )
        assert list(refused.value.errors) == ["image"]
