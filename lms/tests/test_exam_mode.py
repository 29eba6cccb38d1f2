"""While an exam runs, its learner has no help and no talk behind any door."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.services.tokens import issue_token
from ai.enums import QuestionKind as AiKind
from ai.models import Exchange
from ai.services.faq import add_faq
from ai.services.generation import Wish, request_questions
from ai.services.tutor import ask_tutor
from ai.services.tutor_room import answer_room
from assessments.enums import AiHelp, ExamChat, QuestionKind
from assessments.models import Attempt, Quiz
from assessments.queries.exam import ai_help, require_ai
from assessments.services.attempt import start_attempt
from assessments.services.closing import submit_attempt
from assessments.tests.factories import School, make_quiz, make_school
from courses.enums import CourseRole
from courses.models import Enrolment
from lms.kernel import actors
from lms.kernel.clock import travel
from lms.kernel.errors import KernelError
from lms.kernel.testing import events_of, run_jobs
from realtime.models import Message, RoomQuestion
from realtime.queries.access import standing_of, still_enters
from realtime.queries.chat import course_with_room, may_talk, messages_of, missed_since, rooms_of
from realtime.queries.clear import clear_writers
from realtime.services import room_tutor
from realtime.services.chat import delete_message, send_message
from realtime.services.editing import react
from realtime.services.moderation import pin_message, report_message
from realtime.services.promote import promote_message
from realtime.services.tickets import issue_ticket
from realtime.tests.conftest import pushed  # noqa: F401 - a fixture
from realtime.tests.factories import enrol

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TEXT = "Basalt is a volcanic rock. Chalk is a soft rock made of shells. Slate splits into sheets. "


@pytest.fixture
def school() -> School:
    return make_school()


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(KernelError) as refused:
        act()
    return refused.value.code


def exam(school: School, **settings: object) -> Quiz:
    return make_quiz(
        school,
        QuestionKind.TRUE_FALSE,
        exam_mode=True,
        attempts_allowed=None,
        **settings,  # type: ignore[arg-type]
    )


def say(school: School, who: str = "learner") -> object:
    return send_message(
        actor=school.actor(who), course=school.course, client_id=uuid.uuid4(), body="Which one?"
    )


def signed_in(school: School) -> Client:
    client = Client()
    client.force_login(school.learner)
    return client


def test_every_door_of_the_chat_is_closed_and_opens_again(school: School) -> None:
    actor, course = school.actor("learner"), school.course
    say(school, "classmate")
    before = standing_of(school.learner.pk, course)
    attempt = start_attempt(actor=actor, quiz=exam(school))
    client = signed_in(school)
    doors: list[Callable[[], object]] = [
        lambda: say(school),
        lambda: course_with_room(actor, slug=course.slug),
        lambda: messages_of(actor, course),
        lambda: issue_ticket(actor=actor, course=course),
    ]
    assert [code_of(door) for door in doors] == ["exam_mode", "exam_mode", "denied", "denied"]
    assert course not in rooms_of(actor)
    pages = [
        client.get(f"/c/{course.slug}/chat/"),
        client.post(f"/c/{course.slug}/chat/", {"body": "Which one?"}),
        client.get(f"/api/v1/messages/?room={course.public_id}"),
        client.get(f"/api/v1/rooms/{course.public_id}/"),
        client.post(
            "/api/v1/messages/",
            {"room": course.public_id, "client_id": str(uuid.uuid4()), "body": "Which?"},
            content_type="application/json",
        ),
        client.post(
            "/api/v1/ws-tickets/", {"course": course.public_id}, content_type="application/json"
        ),
    ]
    assert [page.status_code for page in pages] == [403] * len(pages)
    # An open socket is closed by the watch: the standing changed and the rule says no.
    assert standing_of(school.learner.pk, course) != before
    assert not still_enters(school.learner.pk, course.pk)
    assert say(school, "classmate")
    submit_attempt(actor=actor, attempt=attempt)
    assert say(school)
    assert standing_of(school.learner.pk, course) == before


@pytest.mark.services
@pytest.mark.skipif(connection.vendor != "postgresql", reason="the short cut is PostgreSQL's")
@pytest.mark.parametrize(
    ("chat", "clear"),
    [(ExamChat.CLOSED, False), (ExamChat.READ, False), (ExamChat.OPEN, True)],
)
def test_no_short_cut_leads_past_an_exam(school: School, chat: str, clear: bool) -> None:
    asked = [school.learner.pk, school.classmate.pk]
    quiz = exam(school, exam_chat=chat, time_limit_seconds=600)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    found = clear_writers(school.course.pk, asked)[1]
    assert [person in found for person in asked] == [clear, True]
    submit_attempt(actor=school.actor("learner"), attempt=attempt)
    assert set(clear_writers(school.course.pk, asked)[1]) == set(asked)


def test_a_door_that_an_exam_closes_leads_back_into_it(school: School) -> None:
    course, client = school.course, signed_in(school)
    attempt = start_attempt(actor=school.actor("learner"), quiz=exam(school))
    item = attempt.quiz.lesson.public_id
    back = f'href="/c/{course.slug}/learn/{item}/attempt/{attempt.public_id}/"'
    closed = client.get(f"/c/{course.slug}/chat/")
    assert closed.status_code == 403
    assert back in closed.content.decode()
    submit_attempt(actor=school.actor("learner"), attempt=attempt)
    other = client.get(f"/teach/{course.slug}/")
    assert other.status_code == 403
    assert "Back to your exam" not in other.content.decode()


def test_a_chat_that_can_be_read_takes_no_words(school: School) -> None:
    actor, course = school.actor("learner"), school.course
    say(school, "classmate")
    start_attempt(actor=actor, quiz=exam(school, exam_chat=ExamChat.READ))
    assert code_of(lambda: say(school)) == "exam_mode"
    assert not may_talk(actor, course)
    assert messages_of(actor, course).count() == 1
    client = signed_in(school)
    assert client.get(f"/c/{course.slug}/chat/").status_code == 200
    sent = client.post(
        "/api/v1/messages/",
        {"room": course.public_id, "client_id": str(uuid.uuid4()), "body": "Which?"},
        content_type="application/json",
    )
    assert (sent.status_code, sent.json()["code"]) == (403, "exam_mode")
    assert client.post(f"/c/{course.slug}/chat/", {"body": "Which?"}).status_code == 403


def test_other_courses_and_ordinary_quizzes_leave_the_chat_alone(school: School) -> None:
    other = make_school()
    Enrolment.objects.create(course=other.course, user=school.learner, role=CourseRole.LEARNER)
    start_attempt(actor=school.actor("learner"), quiz=exam(other))
    assert say(school)
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    start_attempt(actor=school.actor("learner"), quiz=quiz)
    assert say(school)


def test_ai_help_is_off_in_every_course(school: School) -> None:
    teacher = school.other_instructor
    Enrolment.objects.create(course=school.course, user=teacher, role=CourseRole.LEARNER)
    actor = actors.for_user(teacher)
    wish = Wish(kind=AiKind.TRUE_FALSE, count=1, content=TEXT * 5)
    assert request_questions(actor=actor, wish=wish)
    start_attempt(actor=actor, quiz=exam(school))
    assert code_of(lambda: request_questions(actor=actor, wish=wish)) == "exam_mode"
    client = Client()
    client.force_login(teacher)
    body = {"content": TEXT * 5, "kind": "true_false", "count": 1, "difficulty": "easy"}
    refused = client.post("/api/v1/ai/generate-questions/", body, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "exam_mode")
    assert request_questions(actor=school.actor("instructor"), wish=wish)


@pytest.mark.parametrize(
    ("levels", "left"),
    [
        ([], AiHelp.FULL),
        ([AiHelp.FULL], AiHelp.FULL),
        ([AiHelp.HINT], AiHelp.HINT),
        ([AiHelp.HINT, AiHelp.OFF], AiHelp.OFF),
    ],
)
def test_the_strictest_exam_says_how_much_help_is_left(
    school: School, levels: list[AiHelp], left: AiHelp
) -> None:
    actor = school.actor("learner")
    for level in levels:
        start_attempt(actor=actor, quiz=exam(school, exam_ai=level))
    assert ai_help(actor) == left
    assert ai_help(school.actor("classmate")) == ai_help(actors.ANONYMOUS) == AiHelp.FULL
    if left == AiHelp.HINT:
        assert require_ai(actor, hints=True) == AiHelp.HINT
        assert code_of(lambda: require_ai(actor)) == "exam_mode"


def test_an_exam_whose_time_is_up_holds_nobody(school: School) -> None:
    with travel(NOON):
        start_attempt(actor=school.actor("learner"), quiz=exam(school, time_limit_seconds=60))
        assert code_of(lambda: say(school)) == "exam_mode"
    with travel(NOON + timedelta(seconds=61)):
        assert Attempt.objects.get().state == "open"
        assert say(school)


def test_the_tutor_is_silent_behind_every_door(school: School) -> None:
    actor, course = school.actor("learner"), school.course
    token = issue_token(
        actor=actor, person=school.learner, name="t", scopes=frozenset({"read", "write"}), days=1
    )
    attempt = start_attempt(actor=actor, quiz=exam(school, exam_ai=AiHelp.OFF))
    refused = code_of(lambda: ask_tutor(actor=actor, course=course, message="Which one?"))
    assert refused == "exam_mode"
    body = {"course": course.public_id, "message": "Which one?"}
    client, bearer = signed_in(school), Client()
    for asks, headers in ((client, {}), (bearer, {"Authorization": f"Bearer {token.text}"})):
        for accept in ("application/json", "text/event-stream"):
            answer = asks.post(
                "/api/v1/ai/tutor/",
                body,
                content_type="application/json",
                headers={"Accept": accept, **headers},
            )
            assert (answer.status_code, answer.json()["code"]) == (403, "exam_mode")
    assert client.post(f"/c/{course.slug}/tutor/", {"message": "Which one?"}).status_code == 403
    assert Exchange.objects.count() == 0
    assert len(events_of("ai.tutor_refused")) == 6
    submit_attempt(actor=actor, attempt=attempt)
    assert ask_tutor(actor=actor, course=course, message="Which one?").reply.mode == "full"


def test_the_tutor_only_hints_where_the_exam_leaves_hints(school: School) -> None:
    actor = school.actor("learner")
    start_attempt(actor=actor, quiz=exam(school, exam_ai=AiHelp.HINT))
    done = ask_tutor(actor=actor, course=school.course, message="Which one?")
    assert (done.reply.mode, done.reply.provider) == ("hint", "extractive")
    assert events_of("ai.tutor_answered")[0]["exam"] is True


# The tutor in a room: everybody reads its answer, also those whose exam allows no help.


def room_answer(school: School, who: str = "classmate") -> tuple[Message, str]:
    """What becomes of a question of somebody's in the room: the message, and why nothing did."""
    sent = send_message(
        actor=school.actor(who),
        course=school.course,
        client_id=uuid.uuid4(),
        body="@tutor What is chalk made of?",
    )
    run_jobs()
    sent.message.refresh_from_db()
    return sent.message, RoomQuestion.objects.get(message=sent.message).reason


@pytest.fixture
def chalk(school: School) -> School:
    add_faq(
        actor=school.actor("instructor"),
        course=school.course,
        question="What is chalk made of?",
        answer="Chalk is made of shells.",
    )
    return school


def test_a_question_to_the_rooms_tutor_is_refused_and_logged_during_an_exam(chalk: School) -> None:
    quiz = exam(chalk, exam_chat=ExamChat.OPEN, exam_ai=AiHelp.OFF)
    start_attempt(actor=chalk.actor("learner"), quiz=quiz)
    assert code_of(lambda: room_answer(chalk, "learner")) == "exam_mode"
    assert not Message.objects.exists()
    (told,) = events_of("ai.tutor_refused")
    assert told["actor_id"] == chalk.learner.pk
    assert say(chalk)  # talk itself is open


@pytest.mark.parametrize(
    ("chat", "help_left", "outcome"),
    [
        (ExamChat.OPEN, AiHelp.OFF, "silent"),
        (ExamChat.READ, AiHelp.OFF, "silent"),
        (ExamChat.CLOSED, AiHelp.OFF, "full"),
        (ExamChat.READ, AiHelp.HINT, "hint"),
        (ExamChat.OPEN, AiHelp.FULL, "full"),
    ],
)
def test_the_rooms_tutor_goes_as_far_as_the_strictest_exam_of_its_readers(
    chalk: School, chat: ExamChat, help_left: AiHelp, outcome: str
) -> None:
    quiz = exam(chalk, exam_chat=chat, exam_ai=help_left)
    attempt = start_attempt(actor=chalk.actor("learner"), quiz=quiz)
    message, reason = room_answer(chalk)
    if outcome == "silent":
        assert message.asked == "refused"
        assert reason.startswith("The tutor is silent here while an exam runs")
        assert not Message.objects.filter(ai__isnull=False).exists()
    else:
        answer = Message.objects.get(ai__isnull=False)
        assert (answer.ai or {})["mode"] == outcome
        assert ("shells" in answer.body) == (outcome == "full")
    submit_attempt(actor=chalk.actor("learner"), attempt=attempt)
    again, _reason = room_answer(chalk)
    assert again.asked == "answered"


def test_an_exam_that_begins_while_the_answer_is_made_silences_it(
    chalk: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiz = exam(chalk, exam_chat=ExamChat.OPEN, exam_ai=AiHelp.OFF)

    def slow(**asked: Any) -> object:
        reply = answer_room(**asked)
        start_attempt(actor=chalk.actor("learner"), quiz=quiz)
        return reply

    monkeypatch.setattr(room_tutor, "answer_room", slow)
    message, reason = room_answer(chalk)
    assert (message.asked, reason[:19]) == ("refused", "The tutor is silent")
    assert Message.objects.count() == 1


def test_earlier_answers_of_the_room_are_veiled_during_an_exam(chalk: School) -> None:
    room_answer(chalk)
    actor, course = chalk.actor("learner"), chalk.course
    answer = Message.objects.get(ai__isnull=False)
    attempt = start_attempt(
        actor=actor, quiz=exam(chalk, exam_chat=ExamChat.READ, exam_ai=AiHelp.OFF)
    )
    client = signed_in(chalk)
    doors = [
        str(missed_since(actor, course, 0).messages),
        client.get(f"/c/{course.slug}/chat/").content.decode(),
        client.get(f"/api/v1/messages/?room={course.public_id}").content.decode(),
        client.get(f"/c/{course.slug}/chat/{answer.public_id}/thread/").content.decode(),
    ]
    assert ["made of shells" in door for door in doors] == [False] * 4
    assert ["Hidden while your exam runs." in door for door in doors] == [True] * 4
    submit_attempt(actor=actor, attempt=attempt)
    assert "made of shells" in str(missed_since(actor, course, 0).messages)


@pytest.mark.parametrize(
    ("left", "told"), [(AiHelp.OFF, []), (AiHelp.HINT, []), (AiHelp.FULL, [True])]
)
@pytest.mark.parametrize("change", ["reaction", "pin", "for all"])
def test_a_change_of_an_earlier_answer_brings_it_to_no_open_page_in_an_exam(
    chalk: School,
    change: str,
    left: AiHelp,
    told: list[bool],
    pushed: list[tuple[str, dict[str, Any]]],  # noqa: F811
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    """Z7: sockets get one frame for all, so that what one reader may not see goes to none."""
    room_answer(chalk)
    answer, actor = Message.objects.get(ai__isnull=False), chalk.actor("learner")
    quiz = exam(chalk, exam_chat=ExamChat.OPEN, exam_ai=left)
    attempt = start_attempt(actor=actor, quiz=quiz)
    before, teacher = missed_since(actor, chalk.course, 0).last_change, chalk.actor("instructor")
    pushed.clear()
    with django_capture_on_commit_callbacks(execute=True):
        if change == "reaction":
            react(actor=chalk.actor("classmate"), message=answer, emoji="heart", on=True)
        elif change == "pin":
            pin_message(actor=teacher, message=answer, on=True)
        else:
            promote_message(actor=teacher, message=answer, question="What?", answer="Shells.")
    frames = [frame for _room, frame in pushed if frame.get("type") == "message"]
    assert ["made of shells" in str(frame) for frame in frames] == told
    # Who asks is told all the same, as far as they may see it.
    (changed,) = missed_since(actor, chalk.course, 2, before).changed
    assert ("made of shells" in str(changed)) == (left == AiHelp.FULL)
    submit_attempt(actor=actor, attempt=attempt)


def test_an_answer_that_is_taken_away_goes_from_open_pages_in_an_exam(
    chalk: School,
    pushed: list[tuple[str, dict[str, Any]]],  # noqa: F811
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    room_answer(chalk)
    quiz = exam(chalk, exam_chat=ExamChat.OPEN, exam_ai=AiHelp.OFF)
    start_attempt(actor=chalk.actor("learner"), quiz=quiz)
    answer = Message.objects.get(ai__isnull=False)
    pushed.clear()
    with django_capture_on_commit_callbacks(execute=True):
        delete_message(actor=chalk.actor("instructor"), message=answer)
    assert [frame["deleted"] for _room, frame in pushed if frame["type"] == "message"] == [True]


def test_staff_in_an_exam_of_another_course_read_no_answer_behind_their_own_doors(
    chalk: School,
) -> None:
    room_answer(chalk)
    answer, course = Message.objects.get(ai__isnull=False), chalk.course
    report_message(actor=chalk.actor("classmate"), message=answer, reason="Is it so?")
    elsewhere = make_school()
    enrol(chalk.instructor, elsewhere.course)
    actor = chalk.actor("instructor")
    quiz = exam(elsewhere, exam_chat=ExamChat.OPEN, exam_ai=AiHelp.OFF)
    attempt = start_attempt(actor=actor, quiz=quiz)
    client = Client()
    client.force_login(chalk.instructor)
    doors = [
        f"/teach/{course.slug}/chat/",
        f"/teach/{course.slug}/chat/export/?as=json",
        f"/c/{course.slug}/chat/{answer.public_id}/faq/",
        f"/c/{course.slug}/chat/{answer.public_id}/report/",
        f"/c/{course.slug}/chat/{answer.public_id}/thread/",
        f"/api/v1/rooms/{course.public_id}/reports/",
        f"/api/v1/rooms/{course.public_id}/search/?q=shells",
    ]

    def told() -> list[bool]:
        answers = [client.get(door) for door in doors]
        assert [one.status_code for one in answers] == [200] * len(doors)
        bodies = [one.getvalue() for one in answers]  # the export comes in pieces
        return [b"made of shells" in body for body in bodies]

    assert told() == [False] * len(doors)
    submit_attempt(actor=actor, attempt=attempt)
    assert told().count(True) >= 6


def test_the_form_that_reports_an_answer_hides_it_during_an_exam(chalk: School) -> None:
    room_answer(chalk)
    answer = Message.objects.get(ai__isnull=False)
    page = f"/c/{chalk.course.slug}/chat/{answer.public_id}/report/"
    client = signed_in(chalk)
    assert "made of shells" in client.get(page).content.decode()
    quiz = exam(chalk, exam_chat=ExamChat.OPEN, exam_ai=AiHelp.OFF)
    start_attempt(actor=chalk.actor("learner"), quiz=quiz)
    assert "made of shells" not in client.get(page).content.decode()
    assert client.post(page, {"reason": "Wrong"}).status_code == 302
    answer.refresh_from_db()
    assert "made of shells" in answer.body
