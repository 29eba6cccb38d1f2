from typing import Any

import pytest

from ai.enums import DraftState, QuestionKind
from ai.gateway.provider import Option
from ai.models import Draft
from ai.services.drafting import DraftChanges, as_markdown
from ai.services.review import (
    accept_draft,
    accept_drafts,
    edit_draft,
    reject_draft,
    reject_drafts,
)
from ai.tests.factories import hostile_draft, make_drafts
from ai.tests.passages import NETWORKS, PLATES
from assessments.enums import QuestionState
from assessments.models import Question
from assessments.queries.content import version_content
from courses.models import Course
from courses.tests.factories import CourseFactory, LessonFactory, people_around
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.errors import (
    Conflict,
    Denied,
    Invalid,
    KernelError,
    NotFound,
    SignInRequired,
    Stale,
)
from lms.kernel.testing import events_of
from lms.kernel.text import render_markdown

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_accepting_puts_the_question_into_the_bank_with_its_origin(  # I5
    teacher: Actor, course: Course, kind: QuestionKind
) -> None:
    lesson = LessonFactory(course=course, text=NETWORKS)
    (draft, *_) = make_drafts(teacher, lesson=lesson, kind=kind, count=1)
    accepted = accept_draft(actor=teacher, draft=draft)
    question = Question.objects.get()
    assert accepted.question == question
    assert accepted.state == DraftState.ACCEPTED
    assert accepted.decided_by_id == teacher.user_id
    assert question.bank.course == course
    assert (question.kind, question.difficulty) == (kind, draft.difficulty)
    content = version_content(question.latest)
    data = draft.content
    right = {option.text for option in content.options if option.correct}
    assert right == {as_markdown(o["text"]) for o in data["options"] if o["right"]}
    if kind == QuestionKind.TRUE_FALSE:
        assert content.truth is (data["answer"] == "true")
    if kind == QuestionKind.SHORT_ANSWER:
        assert content.accepted == (data["answer"], *data["accepted"])
    if kind == QuestionKind.NUMERIC:
        assert (content.value, content.tolerance) == (data["answer"], "0")
    assert question.latest is not None
    origin = question.latest.provenance
    assert origin["provider"] == "extractive"
    assert origin["prompt_version"] == "extractive-2"
    assert origin["approver"] == teacher.user_id
    assert origin["lesson"] == lesson.public_id
    assert origin["evidence"] == draft.evidence
    assert origin["source"]["blocks"] == draft.source["blocks"]
    assert events_of("ai.draft_accepted") == [
        {
            "draft_id": draft.pk,
            "question_id": question.pk,
            "course_id": course.pk,
            "actor_id": teacher.user_id,
        }
    ]


def test_gap_and_punctuation_are_shown_as_they_are(teacher: Actor, course: Course) -> None:
    (draft, *_) = make_drafts(teacher, course=course)
    assert "_____" in draft.content["stem"]
    accept_draft(actor=teacher, draft=draft)
    latest = Question.objects.get().latest
    assert latest is not None
    assert "_____" in latest.stem_html
    assert "<em>" not in latest.stem_html


def test_hostile_text_is_shown_as_text_after_acceptance(teacher: Actor, course: Course) -> None:
    # I4: even when a person accepts what every check should have stopped.
    draft = hostile_draft(teacher, course)
    accept_draft(actor=teacher, draft=draft)
    latest = Question.objects.get().latest
    assert latest is not None
    shown = [latest.stem_html, latest.explanation_html]
    shown += [option["html"] for option in latest.body["options"]]
    for html in shown:
        assert "<script" not in html
        assert "<img" not in html
        assert "<a " not in html
    assert "a *b* _c_" in latest.body["options"][1]["html"]


@pytest.mark.parametrize(
    "text",
    [
        "*a*",
        "[x](y)",
        "![x](y)",
        "<b>",
        "# h",
        "a | b",
        "`c`",
        "$x$",
        "~~z~~",
        "\\",
        "a\n\n# b",
        "1. x",
        "- x",
        "+ x",
        "https://evil.example/x",
        "www.evil.example",
        "a@evil.example",
        "evil.com",
        "ftp://a.b",
    ],
)
def test_markdown_in_plain_text_is_escaped(text: str) -> None:
    html = render_markdown(as_markdown(text))
    assert html.count("<") == 2
    assert html.startswith("<p>")


def test_draft_from_pasted_text_needs_a_course(teacher: Actor, course: Course) -> None:
    (draft, other) = make_drafts(teacher)
    assert draft.course is None
    with pytest.raises(Invalid) as caught:
        accept_draft(actor=teacher, draft=draft)
    assert list(caught.value.errors) == ["course"]
    assert accept_draft(actor=teacher, draft=draft, course=course).course == course
    foreign = CourseFactory()
    with pytest.raises(Denied):
        accept_draft(actor=teacher, draft=other, course=foreign)
    other.refresh_from_db()
    assert (other.state, Question.objects.count()) == (DraftState.DRAFT, 1)


def test_draft_of_a_course_goes_to_no_other(teacher: Actor, course: Course) -> None:
    (draft, _) = make_drafts(teacher, course=course)
    with pytest.raises(Invalid, match="another course"):
        accept_draft(actor=teacher, draft=draft, course=CourseFactory())


def test_rejecting_keeps_the_reason(teacher: Actor, course: Course) -> None:
    (draft, _) = make_drafts(teacher, course=course)
    rejected = reject_draft(actor=teacher, draft=draft, reason="  Too easy. ")
    assert (rejected.state, rejected.reason) == (DraftState.REJECTED, "Too easy.")
    assert rejected.decided_at is not None
    assert not Question.objects.exists()
    assert len(events_of("ai.draft_rejected")) == 1
    with pytest.raises(Invalid):
        reject_draft(actor=teacher, draft=make_drafts(teacher)[0], reason="x" * 501)


def test_a_decision_is_made_once(teacher: Actor, course: Course) -> None:
    (draft, other) = make_drafts(teacher, course=course)
    accept_draft(actor=teacher, draft=draft)
    reject_draft(actor=teacher, draft=other)
    for row in (draft, other):
        with pytest.raises(Conflict):
            accept_draft(actor=teacher, draft=row)
        with pytest.raises(Conflict):
            reject_draft(actor=teacher, draft=row)
        with pytest.raises(Conflict):
            edit_draft(actor=teacher, draft=row, changes=DraftChanges(stem="Another question?"))
    assert Question.objects.count() == 1


def test_editing_runs_the_checks_again_and_remembers(teacher: Actor, course: Course) -> None:
    (draft, _) = make_drafts(teacher, course=course)
    right = draft.content["answer"]
    edited = edit_draft(
        actor=teacher, draft=draft, changes=DraftChanges(stem=f"Is it {right} or what?"), expected=1
    )
    assert (edited.edited, edited.version) == (True, 2)
    failed = [check["name"] for check in edited.checks if not check["passed"]]
    assert failed == ["key_not_in_stem"]
    accepted = accept_draft(actor=teacher, draft=edited)
    assert accepted.question is not None
    assert accepted.question.latest is not None
    assert accepted.question.latest.provenance["edited"] is True


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        (QuestionKind.SINGLE_CHOICE, {"stem": " "}, "stem"),
        (QuestionKind.SINGLE_CHOICE, {"options": (Option("One", right=True),)}, "options"),
        (
            QuestionKind.SINGLE_CHOICE,
            {"options": (Option("One", right=False), Option("Two", right=False))},
            "options",
        ),
        (QuestionKind.TRUE_FALSE, {"answer": "maybe"}, "answer"),
        (QuestionKind.SHORT_ANSWER, {"answer": " "}, "answer"),
        (QuestionKind.NUMERIC, {"answer": "many"}, "answer"),
        (QuestionKind.NUMERIC, {"tolerance": "-1"}, "tolerance"),
        (QuestionKind.NUMERIC, {"stem": "NUL \x00"}, "stem"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_field(
    teacher: Actor, kind: QuestionKind, changes: dict[str, Any], field: str
) -> None:
    (draft, *_) = make_drafts(teacher, kind=kind, count=1, content=NETWORKS)
    with pytest.raises(Invalid) as caught:
        edit_draft(actor=teacher, draft=draft, changes=DraftChanges(**changes))
    assert list(caught.value.errors) == [field]
    draft.refresh_from_db()
    assert (draft.edited, draft.version) == (False, 1)


def test_a_stale_version_changes_nothing(teacher: Actor) -> None:  # P4
    (draft, _) = make_drafts(teacher)
    with pytest.raises(Stale):
        edit_draft(actor=teacher, draft=draft, changes=DraftChanges(stem="New words?"), expected=7)
    with pytest.raises(Stale):
        reject_draft(actor=teacher, draft=draft, expected=7)


def test_a_draft_that_is_gone_is_not_found(teacher: Actor) -> None:
    (draft, _) = make_drafts(teacher)
    Draft.objects.filter(pk=draft.pk).delete()
    with pytest.raises(NotFound):
        reject_draft(actor=teacher, draft=draft)


def test_several_are_decided_one_by_one(teacher: Actor, course: Course) -> None:
    drafts = make_drafts(teacher, course=course, count=4, content=PLATES + NETWORKS)
    reject_draft(actor=teacher, draft=drafts[0])
    done, problems = accept_drafts(actor=teacher, drafts=drafts[:3])
    assert done == drafts[1:3]
    assert problems == ["Somebody has decided about this question already."]
    assert reject_drafts(actor=teacher, drafts=drafts[3:], reason="No.") == (drafts[3:], [])
    assert Question.objects.count() == 2


ROLES: dict[str, type[KernelError] | None] = {
    "anonymous": SignInRequired,
    "outsider": NotFound,
    "learner": NotFound,
    "observer": NotFound,
    "assistant": None,
    "instructor": None,
    "other_instructor": NotFound,
    "admin": None,
    "reader_token": Denied,
    "writer_token": None,
    "left": NotFound,
    "preview": NotFound,
}


@pytest.mark.parametrize(("who", "error"), ROLES.items())
def test_staff_of_the_course_decide_and_nobody_else(
    course: Course, teacher: Actor, who: str, error: type[KernelError] | None
) -> None:
    (draft, other) = make_drafts(teacher, course=course)
    actor = people_around(course)[who]
    if error is None:
        edit_draft(actor=actor, draft=draft, changes=DraftChanges(explanation="Because."))
        accept_draft(actor=actor, draft=draft)
        reject_draft(actor=actor, draft=other)
        return
    for decide in (accept_draft, reject_draft):
        with pytest.raises(error):
            decide(actor=actor, draft=draft)
    with pytest.raises(error):
        edit_draft(actor=actor, draft=draft, changes=DraftChanges(explanation="Because."))
    draft.refresh_from_db()
    assert (draft.state, draft.version) == (DraftState.DRAFT, 1)


def test_accepting_may_keep_the_question_from_quizzes(teacher: Actor, course: Course) -> None:
    lesson = LessonFactory(course=course, text=NETWORKS)
    first, second = make_drafts(teacher, lesson=lesson, kind=QuestionKind.TRUE_FALSE, count=2)[:2]
    accept_draft(actor=teacher, draft=first, state=QuestionState.DRAFT)
    done, problems = accept_drafts(actor=teacher, drafts=[second])
    assert (done, problems) == ([second], [])
    rows = Question.objects.order_by("pk").values_list("state", "origin")
    assert list(rows) == [("draft", "generated"), ("ready", "generated")]
