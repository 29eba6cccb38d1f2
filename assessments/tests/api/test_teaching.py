from typing import Any

import pytest
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from assessments.api import (
    accommodations,
    attempt_shapes,
    contents,
    dates,
    details,
    keys,
    quiz_shapes,
)
from assessments.enums import QuestionKind
from assessments.models import Question, Quiz
from assessments.tests.api.test_attempts import client_of, send
from assessments.tests.factories import (
    School,
    make_attempt,
    make_lesson,
    make_question,
    make_quiz,
    make_school,
)

pytestmark = pytest.mark.django_db
QUESTIONS, QUIZZES = "/api/v1/questions/", "/api/v1/quizzes/"


@pytest.fixture
def school() -> School:
    return make_school()


BODIES: dict[str, dict[str, object]] = {
    "single_choice": {"options": [{"text": "A", "correct": True}, {"text": "B"}]},
    "multiple_choice": {
        "options": [{"text": "A", "correct": True}, {"text": "B"}],
        "partial_credit": True,
        "penalty": "50.00",
    },
    "true_false": {"truth": False},
    "short_answer": {"accepted": ["Quito"], "match_case": True},
    "numeric": {"value": "3,5", "tolerance": "0.1", "tolerance_kind": "relative", "unit": "m"},
    "matching": {
        "partial_credit": True,
        "detail": {
            "pairs": [
                {"prompt": "1", "choice": "x", "id": "p", "choice_id": "c"},
                {"prompt": "2", "choice": "y", "id": "q", "choice_id": "d"},
            ],
            "extra": [{"text": "z", "id": "e"}],
        },
    },
    "ordering": {
        "detail": {"items": [{"text": t, "id": f"i{t}"} for t in "abc"]},
    },
    "cloze": {
        "stem": "A [[1]] is [[2]].",
        "detail": {
            "blanks": [
                {"accepted": ["stone", "rock"], "wrong": [], "weight": 1, "id": "b"},
                {"accepted": ["hard"], "wrong": ["soft"], "weight": 3, "id": "c"},
            ]
        },
    },
    "drag_words": {
        "stem": "A [[1]].",
        "detail": {
            "pairs": [{"prompt": "1", "choice": "stone", "id": "p", "choice_id": "c"}],
            "extra": [{"text": "stick", "id": "e"}],
        },
    },
}


@pytest.mark.parametrize("kind", BODIES)
def test_questions_of_every_type(school: School, kind: str) -> None:
    client = client_of(school, "instructor")
    body = {
        "course": school.course.public_id,
        "kind": kind,
        "stem": "Why?",
        "points": "2",
        "difficulty": "hard",
        "explanation": "So.",
        **BODIES[kind],
    }
    made = send(client, "POST", QUESTIONS, body)
    assert made.status_code == 201, made.content
    assert made.headers["ETag"] == '"1"'
    data = made.json()
    for name, value in body.items():
        if name == "options":
            assert [o["text"] for o in data["options"]] == ["A", "B"]
            assert [o["correct"] for o in data["options"]] == [True, False]
        elif name == "points":
            assert data["points"] == "2.0000"
        else:
            assert data[name] == value
    url = f"{QUESTIONS}{data['id']}/"
    changed = send(client, "PATCH", url, {"explanation": "Else."}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["number"]) == (200, 2)
    same = {*BODIES[kind], "stem", "options", "truth", "unit", "points", "difficulty"}
    assert [changed.json()[name] for name in same] == [data[name] for name in same]
    assert send(client, "PATCH", url, {"points": "3"}, **{"If-Match": '"1"'}).status_code == 412
    versions = client.get(f"{url}versions/").json()["results"]
    assert [v["number"] for v in versions] == [2, 1]


@pytest.mark.parametrize(
    ("kind", "detail", "field"),
    [
        ("matching", {"pairs": []}, "pairs"),
        ("matching", {"pairs": [{"prompt": "1"}]}, "detail.pairs"),
        ("matching", {"pairs": 5}, "detail.pairs"),
        ("matching", None, "detail"),
        ("matching", [], "detail.non_field_errors"),
        ("ordering", {}, "detail.items"),
        ("ordering", {"items": [{}]}, "detail.items"),
        ("true_false", {"items": []}, "detail"),
    ],
)
def test_a_detail_that_cannot_be_read_is_refused(  # P6
    school: School, kind: str, detail: object, field: str
) -> None:
    body = {"course": school.course.public_id, "kind": kind, "stem": "Why?", "truth": True}
    refused = send(client_of(school, "instructor"), "POST", QUESTIONS, {**body, "detail": detail})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [field])


def test_an_answer_can_be_tried(school: School) -> None:
    question = make_question(school, QuestionKind.NUMERIC)
    url = f"{QUESTIONS}{question.public_id}/try/"
    client = client_of(school, "assistant")
    tried = send(client, "POST", url, {"answer": "324,5"}).json()
    assert (tried["score"], tried["verdict"]) == ("1.0000", "correct")
    assert send(client, "POST", url, {"answer": "tall"}).status_code == 400


def test_retire_restore_duplicate(school: School) -> None:
    url = f"{QUESTIONS}{make_question(school).public_id}/"
    client = client_of(school, "instructor")
    assert send(client, "POST", f"{url}retire/").json()["state"] == "retired"
    assert send(client, "POST", f"{url}restore/").json()["state"] == "ready"
    assert send(client, "POST", f"{url}duplicate/").status_code == 201
    listed = client.get(f"{QUESTIONS}?search=stone&kind=single_choice&unused=true").json()
    assert listed["count"] == 2
    assert (
        client.get(f"{QUESTIONS}?course={school.course.public_id}&state=retired").json()["count"]
        == 0
    )
    assert client.get(f"{QUESTIONS}?ordering=key").status_code == 400


def test_who_may_do_what_with_questions(school: School) -> None:  # Z6
    url = f"{QUESTIONS}{make_question(school, QuestionKind.TRUE_FALSE).public_id}/"
    new = {"course": school.course.public_id, "kind": "true_false", "stem": "?", "truth": True}
    doors: list[tuple[str, str, object]] = [
        ("GET", url, None),
        ("POST", QUESTIONS, new),
        ("PATCH", url, {"stem": "Changed?"}),
        ("POST", f"{url}retire/", None),
        ("POST", f"{url}duplicate/", None),
        ("POST", f"{url}try/", {"answer": True}),
    ]
    expected = {
        "anonymous": [401] * 6,
        "outsider": [404, 403, 404, 404, 404, 404],
        "learner": [404, 403, 404, 404, 404, 404],
        "observer": [404, 403, 404, 404, 404, 404],
        "other_instructor": [404, 403, 404, 404, 404, 404],
        "assistant": [200, 201, 403, 403, 201, 200],
        "instructor": [200, 201, 200, 200, 201, 200],
        "admin": [200, 201, 200, 200, 201, 200],
    }
    for who, statuses in expected.items():
        client = client_of(school, who)
        assert [send(client, *door).status_code for door in doors] == statuses, who
        assert (
            client.get(f"{QUESTIONS}?course={school.course.public_id}").status_code
            == {
                401: 401,
                404: 403,
                200: 200,
            }[statuses[0]]
        )


def test_a_quiz_from_lesson_to_results(school: School) -> None:
    client, lesson = client_of(school, "instructor"), make_lesson(school)
    body = {"lesson": lesson.public_id, "time_limit_seconds": 600, "attempts_allowed": None}
    quiz = send(client, "POST", QUIZZES, body).json()
    url = f"{QUIZZES}{quiz['id']}/"
    assert (quiz["state"], quiz["time_limit_seconds"], quiz["attempts_allowed"]) == (
        "draft",
        600,
        None,
    )
    assert send(client, "POST", f"{url}publish/").json()["code"] == "quiz_empty"
    ids = []
    for question in (make_question(school), make_question(school, QuestionKind.NUMERIC)):
        item = {"question": question.public_id, "points": "2.5", "pinned": 1}
        made = send(client, "POST", f"{url}items/", item)
        assert (made.status_code, made.json()["pinned"]) == (201, 1)
        ids.append(made.json()["id"])
    changed = send(client, "PATCH", f"{url}items/{ids[0]}/", {"points": "3", "pinned": None})
    assert (changed.json()["points"], changed.json()["pinned"]) == ("3.0000", None)
    assert send(client, "PATCH", f"{url}items/{ids[0]}/", {"pinned": 9}).status_code == 404
    assert send(client, "PUT", f"{url}order/", {"order": ids[::-1]}).status_code == 200
    assert send(client, "PUT", f"{url}order/", {"order": ids[:1]}).status_code == 400
    listed = client.get(f"{url}items/").json()["results"]
    assert [item["id"] for item in listed] == ids[::-1]
    assert send(client, "DELETE", f"{url}items/{ids[1]}/").status_code == 204
    tag = client.get(url).headers["ETag"]
    settings = {"counting": "last", "show_review": False}
    patched = send(client, "PATCH", url, settings, **{"If-Match": tag})
    assert (patched.json()["counting"], patched.json()["time_limit_seconds"]) == ("last", 600)
    assert send(client, "PATCH", url, settings, **{"If-Match": tag}).status_code == 412
    assert send(client, "POST", f"{url}publish/").json()["state"] == "published"
    attempt = make_attempt(school, Quiz.objects.get())
    assert attempt.score == 3
    assert send(client, "POST", f"{url}release/").json() == {"changed": 1}
    one = {"question": Question.objects.order_by("id")[0].public_id}
    assert send(client, "POST", f"{url}regrade/", one).json() == {"changed": 0}
    assert send(client, "POST", f"{url}unpublish/").json()["state"] == "draft"


def test_who_may_do_what_with_quizzes(school: School) -> None:  # Z6
    draft = make_quiz(school, QuestionKind.NUMERIC, published=False)
    quiz = make_quiz(school, QuestionKind.NUMERIC, QuestionKind.TRUE_FALSE)
    other = make_question(school)
    url, item = f"{QUIZZES}{quiz.public_id}/", quiz.items.all()[0].public_id
    doors: list[tuple[str, str, object]] = [
        ("GET", url, None),
        ("GET", f"{QUIZZES}{draft.public_id}/", None),
        ("GET", f"{url}items/", None),
        ("PATCH", url, {"counting": "last"}),
        ("POST", f"{url}items/", {"question": other.public_id}),
        ("PATCH", f"{url}items/{item}/", {"points": "5"}),
        ("POST", f"{url}publish/", None),
        ("POST", f"{url}release/", None),
        ("POST", QUIZZES, {"lesson": quiz.lesson.public_id}),
    ]
    reader = [200, 404, 403, 403, 403, 403, 403, 403, 403]
    expected = {
        "anonymous": [401] * 9,
        "outsider": [404] * 9,
        "other_instructor": [404] * 9,
        "learner": reader,
        "observer": reader,
        "assistant": [200, 200, 200, 403, 403, 403, 403, 403, 403],
        "instructor": [200, 200, 200, 200, 201, 200, 200, 200, 201],
        "admin": [200, 200, 200, 200, 201, 200, 200, 200, 201],
    }
    for who, statuses in expected.items():
        client = client_of(school, who)
        assert [send(client, *door).status_code for door in doors] == statuses, who


def test_instructions_as_written_are_for_those_who_may_change_them(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.NUMERIC, instructions="*Calm.*")
    for who, written in (("learner", None), ("assistant", None), ("instructor", "*Calm.*")):
        data = client_of(school, who).get(f"{QUIZZES}{quiz.public_id}/").json()
        assert data["instructions"] == written
        assert data["instructions_html"] == "<p><em>Calm.</em></p>\n"


def test_questions_of_another_course_cannot_be_added(school: School) -> None:  # Z3
    quiz = make_quiz(school, QuestionKind.NUMERIC)
    foreign = make_question(make_school())
    body = {"question": foreign.public_id}
    answer = send(client_of(school, "admin"), "POST", f"{QUIZZES}{quiz.public_id}/items/", body)
    assert answer.status_code == 404


def test_banks_are_listed_for_staff(school: School) -> None:
    make_question(school)
    bank = client_of(school, "assistant").get("/api/v1/question-banks/").json()["results"][0]
    assert (bank["course"], bank["question_count"]) == (school.course.public_id, 1)
    url = f"/api/v1/question-banks/{bank['id']}/"
    assert client_of(school, "assistant").get(url).json() == bank
    assert client_of(school, "learner").get(url).status_code == 404
    assert client_of(school, "learner").get("/api/v1/question-banks/").json()["count"] == 0


def test_grades_are_ones_own_and_the_staffs(school: School) -> None:
    make_attempt(school, make_quiz(school))
    url = "/api/v1/grades/"
    counts = {"learner": 1, "classmate": 0, "observer": 0, "assistant": 1, "other_instructor": 0}
    for who, count in counts.items():
        assert client_of(school, who).get(url).json()["count"] == count, who
    grade = client_of(school, "learner").get(f"{url}?mine=true").json()["results"][0]
    assert (grade["score"], grade["max_score"]) == ("6.0000", "6.0000")
    one = f"{url}{grade['id']}/"
    assert client_of(school, "learner").get(one).json() == grade
    assert client_of(school, "learner").get(f"{one}changes/").status_code == 403
    assert client_of(school, "classmate").get(one).status_code == 404
    course = school.course.public_id
    assert client_of(school, "assistant").get(f"{url}?course={course}").json()["count"] == 1


CONTENT = {
    "stem",
    "options",
    "options.id",
    "options.text",
    "options.correct",
    "options.feedback",
    "partial_credit",
    "truth",
    "accepted",
    "answers",
    "answers.text",
    "answers.share",
    "answers.feedback",
    "match_case",
    "match_accents",
    "wildcards",
    "spelling",
    "value",
    "tolerance",
    "tolerance_kind",
    "unit",
    "units",
    "units.name",
    "units.factor",
    "unit_rule",
    "unit_cost",
    "digits_rule",
    "digits",
    "digits_cost",
    "penalty",
    "detail",
    "explanation",
    "hints",
    "points",
    "difficulty",
}
SETTINGS = {
    "instructions",
    "time_limit_seconds",
    "attempts_allowed",
    "counting",
    "shuffle_questions",
    "shuffle_options",
    "behaviour",
    "tries_allowed",
    "try_penalty",
    "review",
    "review.preset",
    "review.by_hand",
    "review.during",
    "review.after",
    "review.later",
    "review.spent",
    "review.closed",
    "layout",
    "navigation",
    "show_review",
    "solutions",
    "opens_at",
    "due_at",
    "closes_at",
    "late_percent",
    "late_unit",
    "late_cap",
    "grace_seconds",
    "cooldown_seconds",
    "addresses",
    "exam_mode",
    "exam_ai",
    "exam_chat",
}
CHANGE = {"opens_at", "due_at", "closes_at", "time_limit_seconds", "attempts_allowed"}
WRITABLE: dict[type[Serializer[Any]], set[str]] = {
    contents.ContentIn: CONTENT,
    contents.QuestionIn: {*CONTENT, "course", "kind", "draft"},
    keys.TryIn: {"answer"},
    details.MatchingDetail: {
        *("pairs", "pairs.prompt", "pairs.choice", "pairs.id", "pairs.choice_id"),
        *("extra", "extra.text", "extra.id"),
    },
    details.OrderingDetail: {"items", "items.text", "items.id"},
    details.HotspotDetail: {
        *("attachment", "alt", "regions", "regions.shape", "regions.numbers"),
    },
    details.ClozeDetail: {
        *("blanks", "blanks.accepted", "blanks.wrong", "blanks.weight", "blanks.id"),
    },
    quiz_shapes.SettingsIn: SETTINGS,
    quiz_shapes.QuizIn: {*SETTINGS, "lesson"},
    quiz_shapes.ItemIn: {"question", "section", "points", "pinned"},
    quiz_shapes.ItemChangeIn: {"points", "pinned"},
    quiz_shapes.ItemOrderIn: {"order"},
    quiz_shapes.RegradeIn: {"question"},
    accommodations.AccommodationIn: {
        "time_factor",
        "break_minutes",
        "extra_days",
        "early_minutes",
        "note",
    },
    dates.ChangeIn: CHANGE,
    dates.DateOverrideIn: {*CHANGE, "person", "group", "reviews_due_at", "appeal_until"},
    quiz_shapes.CodeIn: {"code"},
    attempt_shapes.AttemptIn: {"quiz", "access_code"},
    attempt_shapes.AnswerIn: {"answer", "seq", "certainty"},
    attempt_shapes.FlagIn: {"flagged", "seq"},
    attempt_shapes.OverrideIn: {"score", "reason", "question"},
    attempt_shapes.ExtendIn: {"minutes", "reason"},
}


def writable(serializer: BaseSerializer[Any], prefix: str = "") -> set[str]:
    found = set()
    inner = serializer.child if isinstance(serializer, ListSerializer) else serializer
    for name, field in inner.fields.items():  # type: ignore[union-attr]
        if field.read_only:
            continue
        found.add(prefix + name)
        child = getattr(field, "child", field)
        if isinstance(child, Serializer):
            found |= writable(child, f"{prefix}{name}.")
    return found


@pytest.mark.parametrize("shape", WRITABLE)
def test_writable_fields_are_these_alone(shape: type[Serializer[Any]]) -> None:  # Z4
    assert writable(shape()) == WRITABLE[shape]
