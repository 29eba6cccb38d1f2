"""Earlier answers of AI are no way around an exam that limits it, behind whatever door."""

import io
import json
import zipfile

import pytest
from django.test import Client

from accounts.services.privacy import export_person
from ai.enums import Purpose
from ai.models import AiCall, CallText, Conversation, Exchange
from assessments.enums import AiHelp, QuestionKind
from assessments.services.attempt import start_attempt
from assessments.services.closing import submit_attempt
from assessments.tests.factories import School, make_quiz, make_school
from courses.tests.factories import LessonFactory
from lms.kernel.testing import events_of

pytestmark = pytest.mark.django_db
EXPLAINED, HINTED, REPLIED = "MARBLE-EXPLAINED", "MARBLE-HINTED", "MARBLE-REPLIED"
SENT, ANSWERED = "MARBLE-SENT", "MARBLE-ANSWERED"
ALL = (EXPLAINED, HINTED, REPLIED, SENT, ANSWERED)


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def talk(school: School) -> Conversation:
    """An explanation with a teacher's reply, a hint, and what AI saw of both."""
    row = Conversation.objects.create(course=school.course, learner=school.learner)
    for answer, mode in ((EXPLAINED, "full"), (HINTED, "hint")):
        Exchange.objects.create(
            conversation=row,
            course=school.course,
            question=f"What of {mode}?",
            answer=answer,
            citations=[{"block": "b", "lesson": "", "quote": answer, "title": answer}],
            mode=mode,
            provider="extractive",
        )
    Exchange.objects.filter(answer=EXPLAINED).update(reply=REPLIED)
    call = AiCall.objects.create(
        person=school.learner, purpose=Purpose.TUTOR, provider="p", model="m", outcome="answered"
    )
    CallText.objects.create(call=call, person=school.learner, sent=SENT, answer=ANSWERED)
    return row


@pytest.fixture
def client(school: School) -> Client:
    found = Client()
    found.force_login(school.learner)
    return found


def begin(school: School, left: AiHelp) -> object:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, exam_mode=True, exam_ai=left)
    return start_attempt(actor=school.actor("learner"), quiz=quiz)


def shown(text: str) -> set[str]:
    return {word for word in ALL if word in text}


def pages(client: Client, school: School) -> set[str]:
    """What stands on the tutor's page, in its pane and among what AI saw."""
    lesson = LessonFactory(course=school.course, text="Stones stand.")
    slug = school.course.slug
    found = set()
    for address in (
        f"/c/{slug}/tutor/",
        f"/c/{slug}/learn/{lesson.public_id}/",
        "/me/ai/",
    ):
        page = client.get(address)
        assert page.status_code == 200
        found |= shown(page.content.decode())
    return found


def copied(school: School) -> set[str]:
    with export_person(actor=school.actor("learner"), person=school.learner) as out:
        archive = zipfile.ZipFile(io.BytesIO(out.read()))
    names = ("ai.exchange.json", "ai.calltext.json")
    return set().union(*(shown(archive.read(name).decode()) for name in names))


def api(client: Client, talk: Conversation) -> list[tuple[int, set[str]]]:
    """Status and words of each operation that tells of earlier answers."""
    one = Exchange.objects.get(answer=EXPLAINED).public_id
    text = CallText.objects.get().public_id
    address = f"/api/v1/ai/tutor/{talk.public_id}/"
    rating = json.dumps({"exchange": one, "rating": "up"})
    plain = json.dumps({"exchange": one})
    answers = [
        client.get("/api/v1/ai/tutor/"),
        client.get(address),
        client.post(f"{address}rate/", rating, content_type="application/json"),
        client.post(f"{address}send-on/", plain, content_type="application/json"),
        client.get("/api/v1/ai/seen/"),
        client.get(f"/api/v1/ai/seen/{text}/"),
    ]
    return [(one.status_code, shown(one.content.decode())) for one in answers]


def test_without_an_exam_everything_is_there(
    school: School, talk: Conversation, client: Client
) -> None:
    said, seen = {EXPLAINED, HINTED, REPLIED}, {SENT, ANSWERED}
    assert pages(client, school) == said | seen
    assert copied(school) == said | seen
    assert api(client, talk) == [(200, said)] * 4 + [(200, seen)] * 2


def test_an_exam_without_ai_hides_all_of_it_and_keeps_that_it_was_sought(
    school: School, talk: Conversation, client: Client
) -> None:
    attempt = begin(school, AiHelp.OFF)
    assert pages(client, school) == set()
    assert copied(school) == set()
    assert api(client, talk) == [(403, set())] * 6
    assert Exchange.objects.get(answer=EXPLAINED).rating == ""
    doors = [row["door"] for row in events_of("ai.tutor_refused")]
    assert doors == ["earlier", "seen", *["earlier"] * 4, *["seen"] * 2]
    page = client.get(f"/c/{school.course.slug}/tutor/").content.decode()
    assert "What you asked before is back when it is over." in page
    submit_attempt(actor=school.actor("learner"), attempt=attempt)  # type: ignore[arg-type]
    assert EXPLAINED in pages(client, school) & copied(school)


def test_an_exam_with_hints_leaves_hints(
    school: School, talk: Conversation, client: Client
) -> None:
    begin(school, AiHelp.HINT)
    assert pages(client, school) == {HINTED}
    assert copied(school) == {HINTED}
    assert api(client, talk) == [(200, {HINTED})] * 4 + [(403, set())] * 2
    page = client.get(f"/c/{school.course.slug}/tutor/").content.decode()
    assert "This answer is hidden while your exam runs." in page
    assert "What of full?" in page


def test_others_read_on(school: School, talk: Conversation) -> None:
    begin(school, AiHelp.OFF)
    other = Client()
    other.force_login(school.classmate)
    assert other.get("/api/v1/ai/tutor/").status_code == 200


@pytest.mark.parametrize("left", [AiHelp.OFF, AiHelp.HINT])
def test_a_repeated_request_does_not_bring_an_explanation_back(
    school: School, client: Client, left: AiHelp
) -> None:
    def ask() -> tuple[int, str]:
        answer = client.post(
            "/api/v1/ai/tutor/",
            {"course": school.course.public_id, "message": "Which stones?"},
            content_type="application/json",
            headers={"Idempotency-Key": "k"},
        )
        return answer.status_code, answer.json().get("mode", answer.json().get("code"))

    assert ask() == (200, "full")
    begin(school, left)
    assert ask() == ((403, "exam_mode") if left == AiHelp.OFF else (200, "hint"))
