"""`@tutor` in a room: who may ask, what it may read, what becomes of a question, whatever dies."""

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ai.enums import TutorStyle
from ai.models import AiCall, Conversation, Exchange, Faq
from ai.queries.retrieval import shared_chunks
from ai.services.consent import give_consent, switch_course
from ai.services.faq import add_faq
from ai.services.indexing import index_course
from ai.services.tutor import ask_tutor
from ai.services.tutor_help import set_style
from ai.tests.conftest import _model_server, model  # noqa: F401 - fixtures
from ai.tests.fake_model import FakeModel
from courses.enums import CourseState
from courses.models import Lesson
from courses.rules import VIEW_LESSON
from courses.tests.factories import SYSTEM, LessonFactory
from lms.kernel import clock
from lms.kernel.actors import for_user
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Throttled
from lms.kernel.jobs.reap import reap
from lms.kernel.jobs.run import MAX_ATTEMPTS, claim
from lms.kernel.models import Job, JobState
from lms.kernel.testing import events_of, run_jobs
from realtime.enums import Asked
from realtime.models import Message, Room, RoomQuestion
from realtime.queries.chat import missed_since
from realtime.services.chat import delete_message, send_message
from realtime.services.promote import promote_message
from realtime.services.room_tutor import ask_again, question_in, settle_lost
from realtime.tests.factories import Cast, enrol, outcome, person

pytestmark = pytest.mark.django_db
CHALK = "Chalk is a soft white rock made of the shells of tiny sea animals."
ASKED = "@tutor What is chalk, the soft white rock, made of?"


@pytest.fixture
def cast(cast: Cast) -> Cast:
    LessonFactory(course=cast.course, title="Sediments", text=f"{CHALK} It is used on boards.")
    LessonFactory(
        course=cast.course,
        title="Secrets",
        published=False,
        text="Zirconium is a secret metal that only hidden lessons speak of.",
    )
    index_course(actor=SYSTEM, course=cast.course)
    return cast


def say(cast: Cast, who: str = "learner", body: str = ASKED, **more: Any) -> Message:
    sent = send_message(
        actor=cast.actor(who), course=cast.course, client_id=uuid.uuid4(), body=body, **more
    )
    return sent.message


def answer_to(message: Message) -> Message:
    return Message.objects.get(parent=message, ai__isnull=False)


def ai_of(message: Message) -> dict[str, Any]:
    assert message.ai is not None
    return dict(message.ai)


def state_of(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.asked, RoomQuestion.objects.get(message=message).reason


@pytest.mark.parametrize(
    ("body", "question"),
    [
        ("@tutor what is it?", "what is it?"),
        ("What is it, @Tutor?", "What is it, ?"),
        ("@tutor: why", "why"),
        ("no mention", None),
        ("mail@tutor.example", None),
        ("see @tutor.example", None),
        ("the code `@tutor` is code", None),
        ("```\n@tutor\n```", None),
        ("@tutoring is something else", None),
        ("@tutor", ""),
    ],
)
def test_a_mention_outside_code_is_a_question(body: str, question: str | None) -> None:
    assert question_in(body) == question


def test_a_question_is_answered_by_a_message_of_the_room(cast: Cast) -> None:
    question = say(cast)
    assert (question.seq, question.asked) == (1, Asked.WAITING)
    assert Message.objects.count() == 1  # the process that stored it made no answer
    say(cast, "assistant", "Wait for it.")
    run_jobs()
    answer = answer_to(question)
    assert (answer.seq, answer.sender, answer.parent) == (3, None, question)
    assert answer.body.startswith(f"The course says, word for word: “{CHALK}”")
    assert ai_of(answer)["provider"] == "extractive"
    (cited,) = ai_of(answer)["citations"]
    assert (cited["title"], cited["quote"]) == ("Sediments", CHALK)
    assert state_of(question) == (Asked.ANSWERED, "")
    room = Room.objects.get(course=cast.course)
    # question, reply of a person, answer, and the question as answered
    assert (room.last_seq, room.last_change) == (3, 4)
    assert events_of("realtime.tutor_answered") == [
        {
            "message_id": question.pk,
            "answer_id": answer.pk,
            "answerable": True,
            "mode": "full",
            "provider": "extractive",
            "course_id": cast.course.pk,
            "actor_id": cast.people["learner"].pk,
        }
    ]


def test_an_answer_is_pushed_as_one_of_an_ai(
    cast: Cast,
    pushed: list[tuple[str, dict[str, Any]]],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    say(cast)
    with django_capture_on_commit_callbacks(execute=True):
        run_jobs()
    room = f"course:{cast.course.pk}"
    frames = [frame for to, frame in pushed if to == room]
    assert [(frame["seq"], frame["change"], frame["asked"]) for frame in frames] == [
        (2, 2, ""),
        (1, 3, "answered"),
    ]
    answer = frames[0]
    assert (answer["sender"], answer["ai"]["by_model"]) == (None, False)
    assert answer["reply_to"] == frames[1]["id"]


def test_a_model_words_it_from_shared_blocks_on_behalf_of_the_asker(
    cast: Cast,
    model: FakeModel,  # noqa: F811
) -> None:
    give_consent(actor=cast.actor("learner"), of_age=True)
    model.replies = [
        {"answerable": True, "sentences": [{"text": f"{CHALK} ![x](//evil/p)", "sources": [1]}]}
    ]
    question = say(cast, body=f"{ASKED} asks {cast.people['learner2'].name}")
    run_jobs()
    answer = answer_to(question)
    assert "made of the shells" in answer.body
    assert set(re.findall(r"<(\w+)", answer.html)) == {"p"}
    call = AiCall.objects.get(purpose="tutor")
    assert (call.person_id, call.course) == (cast.people["learner"].pk, cast.course)
    (said,) = model.said
    assert cast.people["learner2"].name not in said
    assert "Zirconium" not in said


def test_without_consent_no_model_is_asked(cast: Cast, model: FakeModel) -> None:  # noqa: F811
    question = say(cast)
    run_jobs()
    assert model.requests == []
    assert ai_of(answer_to(question))["provider"] == "extractive"


def test_a_dead_model_leaves_the_words_of_the_course(
    cast: Cast,
    model: FakeModel,  # noqa: F811
) -> None:
    give_consent(actor=cast.actor("learner"), of_age=True)
    model.replies = ["no JSON at all"]
    question = say(cast)
    run_jobs()
    assert CHALK in answer_to(question).body


def test_the_room_reads_what_every_learner_reads(cast: Cast) -> None:
    """A fresh learner, without progress, group or exam, may read every block of the room's."""
    shared = shared_chunks(cast.actor("instructor"), cast.course)
    newcomer = person("New Comer")
    enrol(newcomer, cast.course)
    allowed = VIEW_LESSON.rows(for_user(newcomer))
    lessons = Lesson.objects.filter(pk__in=shared.values("lesson"))
    assert {lesson.title for lesson in lessons} == {"Sediments"}
    assert set(lessons) - set(allowed) == set()
    cast.course.state = CourseState.DRAFT
    cast.course.save()
    assert not shared_chunks(cast.actor("instructor"), cast.course).exists()


def test_staff_get_no_hidden_lesson_into_the_room(cast: Cast) -> None:
    question = say(cast, "instructor", "@tutor What secret metal do hidden lessons speak of?")
    run_jobs()
    answer = answer_to(question)
    assert "Zirconium" not in answer.body
    assert ai_of(answer)["answerable"] is False


def test_a_lesson_hidden_while_the_question_waits_is_not_read(cast: Cast) -> None:
    question = say(cast)
    Lesson.objects.filter(course=cast.course, title="Sediments").update(published=False)
    run_jobs()
    assert CHALK not in answer_to(question).body


def test_the_room_and_the_own_conversation_know_nothing_of_each_other(
    cast: Cast,
    model: FakeModel,  # noqa: F811
) -> None:
    actor = cast.actor("learner")
    give_consent(actor=actor, of_age=True)
    model.replies = [{"answerable": False, "sentences": []}]
    ask_tutor(actor=actor, course=cast.course, message="My own zqprivate question on chalk rock")
    say(cast)
    say(cast, "learner2", "A zqroom remark of somebody else.")
    run_jobs()
    assert "zqprivate" in model.said[0]
    assert not any("zqprivate" in said or "zqroom" in said for said in model.said[1:])
    assert (Conversation.objects.count(), Exchange.objects.count()) == (1, 1)


def test_a_tutor_that_is_off_says_so_to_the_asker_alone(cast: Cast) -> None:
    set_style(actor=cast.actor("instructor"), course=cast.course, style=TutorStyle.OFF)
    question = say(cast)
    assert state_of(question) == (Asked.REFUSED, "The tutor is switched off in this course.")
    set_style(actor=cast.actor("instructor"), course=cast.course, style=TutorStyle.ANSWERS)
    switch_course(actor=cast.actor("instructor"), course=cast.course, off=True)
    assert state_of(say(cast)) == (Asked.REFUSED, "AI is turned off in this course.")
    assert not Job.objects.filter(kind="realtime.answer_question").exists()
    body = missed_since(cast.actor("learner2"), cast.course, 0).messages[0]
    assert body["asked"] == "refused"
    assert "switched off" not in str(body)


def test_a_course_of_hints_gets_hints(cast: Cast) -> None:
    set_style(actor=cast.actor("instructor"), course=cast.course, style=TutorStyle.HINTS)
    question = say(cast)
    run_jobs()
    answer = answer_to(question)
    assert (ai_of(answer)["mode"], answer.body) == ("hint", "Read “Sediments” again.")


def test_a_person_asks_so_often_and_no_more(cast: Cast) -> None:
    for _ in range(6):
        say(cast)
    with pytest.raises(Throttled) as refused:
        say(cast)
    assert refused.value.code == "tutor_limit"
    assert say(cast, body="Words without a question").seq == 7
    assert say(cast, "learner2").seq == 8
    with clock.travel(clock.now() + timedelta(minutes=6)):
        assert say(cast).asked == Asked.WAITING


def test_a_question_needs_words(cast: Cast) -> None:
    with pytest.raises(Invalid):
        say(cast, body="@tutor")
    assert not Message.objects.exists()


def test_a_question_sent_twice_is_asked_once(cast: Cast) -> None:
    own = uuid.uuid4()
    for _ in range(2):
        send_message(actor=cast.actor("learner"), course=cast.course, client_id=own, body=ASKED)
    run_jobs()
    run_jobs()
    assert Message.objects.count() == 2
    assert Job.objects.filter(kind="realtime.answer_question").count() == 1


def test_a_dead_worker_leaves_the_question_to_the_next(cast: Cast) -> None:
    question = say(cast)
    job = Job.objects.get(kind="realtime.answer_question")
    assert claim(job.pk) is not None  # a worker takes it and dies
    assert state_of(question)[0] == Asked.WAITING
    with clock.travel(clock.now() + timedelta(hours=1)):
        reap()
        run_jobs()
    assert state_of(question)[0] == Asked.ANSWERED
    assert Message.objects.count() == 2


def test_a_question_that_killed_every_worker_is_told_as_failed_and_can_be_asked_again(
    cast: Cast,
) -> None:
    question = say(cast)
    job = Job.objects.get(kind="realtime.answer_question")
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, attempt=MAX_ATTEMPTS, lease_until=clock.now() - timedelta(hours=1)
    )
    assert settle_lost() == 0
    reap()
    assert settle_lost() == 1
    assert settle_lost() == 0
    state, reason = state_of(question)
    assert (state, reason) == (
        Asked.FAILED,
        "The tutor could not answer. Ask again in a while.",
    )
    row = RoomQuestion.objects.select_related("message__room__course").get()
    for who, status in {"learner2": 404, "instructor": 404, "read_token": 403}.items():
        assert outcome(lambda who=who: ask_again(actor=cast.actor(who), question=row)) == status  # type: ignore[misc]
    ask_again(actor=cast.actor("learner"), question=row)
    assert state_of(question) == (Asked.WAITING, "")
    run_jobs()
    assert state_of(question)[0] == Asked.ANSWERED
    with pytest.raises(Conflict):
        ask_again(actor=cast.actor("learner"), question=row)


def test_a_fault_in_the_work_is_told_in_words(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    question = say(cast)
    Faq.objects.all().delete()
    monkeypatch.setattr("ai.services.tutor_room.gather_evidence", lambda **_more: 1 / 0)
    run_jobs()
    assert state_of(question)[0] == Asked.FAILED
    assert Message.objects.count() == 1


def test_a_question_taken_back_is_not_answered(cast: Cast) -> None:
    question = say(cast)
    delete_message(actor=cast.actor("learner"), message=question)
    run_jobs()
    assert Message.objects.count() == 1


def test_whoever_left_meanwhile_gets_no_answer(cast: Cast) -> None:
    question = say(cast)
    cast.course.enrolments.filter(user=cast.people["learner"]).update(state="removed")
    run_jobs()
    assert state_of(question)[0] == Asked.REFUSED
    assert Message.objects.count() == 1


def test_changes_are_caught_up_with_by_number(cast: Cast) -> None:
    question = say(cast)
    actor = cast.actor("learner2")
    before = missed_since(actor, cast.course, 0)
    run_jobs()
    after = missed_since(actor, cast.course, before.last_seq, before.last_change)
    assert [(body["seq"], body["asked"]) for body in after.changed] == [(1, "answered")]
    assert [body["seq"] for body in after.messages] == [2]
    assert (after.last_seq, after.last_change, after.has_more) == (2, 3, False)
    again = missed_since(actor, cast.course, after.last_seq, after.last_change)
    assert (again.changed, again.messages) == ([], [])
    delete_message(actor=cast.actor("learner"), message=question)
    gone = missed_since(actor, cast.course, after.last_seq, after.last_change)
    assert [(body["seq"], body["deleted"], body["change"]) for body in gone.changed] == [
        (1, True, 4)
    ]


# Answers for everybody.


def test_an_answer_of_the_room_becomes_one_that_the_tutor_cites(cast: Cast) -> None:
    asked = say(cast, body="How deep is the quarry of Lower Slate?")
    told = say(cast, "learner2", "The quarry of Lower Slate is forty metres deep.")
    row = promote_message(
        actor=cast.actor("instructor"),
        message=told,
        question=asked.body,
        answer=told.body,
    )
    entry = Faq.objects.get()
    assert (row.faq, entry.course, entry.created_by) == (
        entry,
        cast.course,
        cast.people["instructor"],
    )
    again = promote_message(
        actor=cast.actor("instructor"), message=told, question=asked.body, answer=told.body
    )
    assert (again.change, Faq.objects.count()) == (row.change, 1)
    question = say(cast, "assistant", "@tutor How deep is the quarry of Lower Slate?")
    run_jobs()
    answer = answer_to(question)
    assert "forty metres" in answer.body
    assert entry.public_id in [one["block"] for one in ai_of(answer)["citations"]]
    assert events_of("realtime.message_promoted") == [
        {
            "message_id": told.pk,
            "faq_id": entry.pk,
            "course_id": cast.course.pk,
            "actor_id": cast.people["instructor"].pk,
        }
    ]


PROMOTE = {
    "anonymous": 401,
    "outsider": 404,
    "other_instructor": 404,
    "observer": 404,
    "learner": 403,
    "learner2": 403,
    "assistant": 403,
    "read_token": 403,
    "preview": 403,
    "instructor": 200,
    "admin": 200,
}


@pytest.mark.parametrize(("who", "status"), PROMOTE.items())
def test_instructors_make_answers_for_everybody(cast: Cast, who: str, status: int) -> None:
    message = say(cast, body="Words")
    promote = lambda: promote_message(  # noqa: E731
        actor=cast.actor(who), message=message, question="Why?", answer="So."
    )
    assert outcome(promote) == status
    assert Faq.objects.exists() == (status == 200)


def test_a_deleted_message_is_no_answer(cast: Cast) -> None:
    message = say(cast, body="Words")
    delete_message(actor=cast.actor("learner"), message=message)
    with pytest.raises(Conflict):
        promote_message(
            actor=cast.actor("instructor"), message=message, question="Why?", answer="So."
        )


def test_an_answer_for_everybody_needs_both(cast: Cast) -> None:
    actor = cast.actor("instructor")
    for question, answer in (("", "So."), ("Why?", " ")):
        with pytest.raises(Invalid):
            add_faq(actor=actor, course=cast.course, question=question, answer=answer)
    with pytest.raises(Denied):
        add_faq(actor=cast.actor("assistant"), course=cast.course, question="a", answer="b")
    with pytest.raises((Denied, NotFound)):
        add_faq(actor=cast.actor("outsider"), course=cast.course, question="a", answer="b")
