import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.tests.factories import UserFactory
from ai.enums import DraftState, QuestionKind
from ai.models import Draft
from ai.tests.factories import hostile_draft, make_drafts
from ai.tests.passages import NETWORKS, PLATES
from assessments.models import Question
from courses.models import Course
from courses.tests.factories import CourseFactory, EnrolmentFactory, LessonFactory
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.models import Job
from lms.kernel.testing import assert_constant_queries, run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def course() -> Course:
    return CourseFactory()


@pytest.fixture
def teacher(course: Course) -> Actor:
    return actors.for_user(course.created_by)


@pytest.fixture
def browser(course: Course) -> Client:
    client = Client()
    client.force_login(course.created_by)
    return client


def url(name: str, course: Course, *more: str) -> str:
    return reverse(name, args=[course.slug, *more])


def form_of(draft: Draft, **changes: str) -> dict[str, str]:
    """What the draft's form would send, with changes."""
    content, prefix = draft.content, draft.public_id
    data = {"version": str(draft.version), "stem": content["stem"]}
    data["explanation"] = content["explanation"]
    for at, option in enumerate(content["options"]):
        data[f"option_{at}"] = option["text"]
        if option["right"] and draft.kind == QuestionKind.SINGLE_CHOICE:
            data["right"] = str(at)
        elif option["right"]:
            data[f"right_{at}"] = "on"
    if not content["options"]:
        data["answer"] = content["answer"]
        data["accepted"] = "\n".join(content["accepted"])
        data |= {"tolerance": content["tolerance"], "unit": content["unit"]}
    act = changes.pop("act", "save")
    extra: dict[str, str] = {
        str(name): changes.pop(name) for name in ("reason", "back") if name in changes
    }
    own = {f"{prefix}-{name}": value for name, value in {**data, **changes}.items()}
    return {**own, "act": act, **extra}


def test_page_says_honestly_that_rules_make_the_questions(browser: Client, course: Course) -> None:
    page = browser.get(url("teach-ai", course)).content.decode()
    assert "No model is connected: questions are extracted from your text by rules." in page
    assert "Rules only" not in page


def test_page_names_the_connected_model_and_never_the_key(
    browser: Client, course: Course, settings: Settings
) -> None:  # I8
    settings.AI = {
        **settings.AI,
        "base_url": "https://ai.example.org/v1",
        "api_key": "sk-secret",
        "model": "fine-model",
        "timeout": 60.0,
        "daily_tokens": 1000,
    }
    page = browser.get(url("teach-ai", course)).content.decode()
    assert "Connected: fine-model (ai.example.org)." in page
    assert "Rules only: nothing leaves this server" in page
    assert "sk-secret" not in page


def test_form_starts_a_job_and_shows_its_progress(browser: Client, course: Course) -> None:
    lesson = LessonFactory(course=course, text=PLATES)
    opened = browser.get(url("teach-ai", course), {"lesson": lesson.public_id}).content.decode()
    assert f'<option value="{lesson.public_id}" selected>' in opened
    answer = browser.post(
        url("teach-ai", course),
        {"lesson": lesson.public_id, "kind": "single_choice", "count": 2, "difficulty": "hard"},
    )
    assert answer.status_code == 302
    job = Job.objects.get()
    page = browser.get(url("teach-ai", course)).content.decode()
    assert f'data-job-url="/api/v1/jobs/{job.public_id}/"' in page
    assert f'data-done-url="{url("teach-ai-drafts", course)}?state=draft"' in page
    run_jobs()
    page = browser.get(url("teach-ai", course)).content.decode()
    assert "data-job-url" not in page
    assert f"?job={job.public_id}&amp;state=" in page


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "single_choice", "count": 2, "difficulty": "easy"},
        {"kind": "single_choice", "count": 0, "difficulty": "easy", "content": PLATES},
        {"kind": "essay", "count": 1, "difficulty": "easy", "content": PLATES},
        {"kind": "numeric", "count": 1, "difficulty": "easy", "lesson": "nowhere"},
    ],
)
def test_bad_input_is_shown_on_the_form(
    browser: Client, course: Course, data: dict[str, object]
) -> None:
    answer = browser.post(url("teach-ai", course), data)
    assert answer.status_code == 400
    assert b"field-error" in answer.content or b'role="alert"' in answer.content
    assert not Job.objects.exists()


def test_too_many_jobs_are_said_on_the_form(browser: Client, course: Course) -> None:  # I7
    data = {"kind": "single_choice", "count": 1, "difficulty": "easy", "content": PLATES}
    for _ in range(5):
        assert browser.post(url("teach-ai", course), data).status_code == 302
    answer = browser.post(url("teach-ai", course), data)
    assert answer.status_code == 400
    assert "Wait until one of your five requests is done." in answer.content.decode()


def test_job_is_cancelled_without_scripts(browser: Client, course: Course) -> None:
    data = {"kind": "single_choice", "count": 1, "difficulty": "easy", "content": PLATES}
    browser.post(url("teach-ai", course), data)
    job = Job.objects.get()
    assert browser.post(url("teach-ai-cancel", course, job.public_id)).status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_queue_shows_source_checks_and_the_editable_question(
    browser: Client, course: Course, teacher: Actor, kind: QuestionKind
) -> None:
    lesson = LessonFactory(course=course, text=NETWORKS)
    (draft, *_) = make_drafts(teacher, lesson=lesson, kind=kind)
    page = browser.get(url("teach-ai-drafts", course)).content.decode()
    assert f"<mark>{draft.evidence[0][:20]}" in page
    assert "Evidence proves the answer" in page
    assert f'name="{draft.public_id}-stem"' in page
    assert "Made by rules on this server" in page
    assert f">1. {draft.get_kind_display()}</h2>" in page
    marks = 'type="radio"' if kind == QuestionKind.SINGLE_CHOICE else 'type="checkbox"'
    assert f'{marks} name="{draft.public_id}-right' in page or not draft.content["options"]


def test_right_option_of_a_single_choice_is_moved(
    browser: Client, course: Course, teacher: Actor
) -> None:
    (draft, *_) = make_drafts(teacher, course=course, kind=QuestionKind.SINGLE_CHOICE)
    other = next(at for at, one in enumerate(draft.content["options"]) if not one["right"])
    address = url("teach-ai-draft", course, draft.public_id)
    browser.post(address, form_of(draft, right=str(other)))
    draft.refresh_from_db()
    marks = [one["right"] for one in draft.content["options"]]
    assert marks == [at == other for at in range(len(marks))]


def test_hostile_drafts_are_escaped_in_the_queue(
    browser: Client, course: Course, teacher: Actor
) -> None:  # I4
    hostile_draft(teacher, course)
    for state in ("draft", ""):
        page = browser.get(url("teach-ai-drafts", course), {"state": state}).content.decode()
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page
        assert 'src="https://evil' not in page
        assert 'href="javascript' not in page


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_accepting_an_edited_question_saves_the_edit_first(
    browser: Client, course: Course, teacher: Actor, kind: QuestionKind
) -> None:
    (draft, *_) = make_drafts(teacher, course=course, kind=kind, content=NETWORKS)
    data = form_of(draft, act="accept", explanation="Because the text says so.")
    answer = browser.post(url("teach-ai-draft", course, draft.public_id), data)
    assert answer.status_code == 302
    latest = Question.objects.get().latest
    assert latest is not None
    assert latest.explanation == "Because the text says so."
    draft.refresh_from_db()
    assert (draft.state, draft.edited, draft.version) == (DraftState.ACCEPTED, True, 3)


def test_accepting_without_a_change_is_no_edit(
    browser: Client, course: Course, teacher: Actor
) -> None:
    (draft, *_) = make_drafts(teacher, course=course)
    browser.post(url("teach-ai-draft", course, draft.public_id), form_of(draft, act="accept"))
    draft.refresh_from_db()
    assert (draft.state, draft.edited) == (DraftState.ACCEPTED, False)


def test_an_impossible_question_comes_back_with_its_words(
    browser: Client, course: Course, teacher: Actor
) -> None:
    (draft, *_) = make_drafts(teacher, course=course)
    for changes in ({"stem": ""}, {"right": "99"}, {"version": "9"}):
        answer = browser.post(
            url("teach-ai-draft", course, draft.public_id), form_of(draft, act="accept", **changes)
        )
        if "version" in changes:
            assert answer.status_code == 400
            assert b"changed by somebody else" in answer.content
        else:
            assert answer.status_code == 400
    assert not Question.objects.exists()


def test_rejecting_needs_no_valid_form_and_keeps_the_reason(
    browser: Client, course: Course, teacher: Actor
) -> None:
    (draft, *_) = make_drafts(teacher, course=course)
    data = form_of(draft, act="reject", stem="", reason="Dull.")
    back = url("teach-ai-drafts", course) + "?state=draft"
    answer = browser.post(url("teach-ai-draft", course, draft.public_id), {**data, "back": back})
    assert answer["Location"] == back
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == (DraftState.REJECTED, "Dull.")
    page = browser.get(url("teach-ai-drafts", course), {"state": "rejected"}).content.decode()
    assert "Dull." in page


def test_back_leads_nowhere_else(browser: Client, course: Course, teacher: Actor) -> None:  # A10
    (draft, *_) = make_drafts(teacher, course=course)
    data = form_of(draft, act="save", back="https://evil.example/?x")
    answer = browser.post(url("teach-ai-draft", course, draft.public_id), data)
    assert answer["Location"] == url("teach-ai-drafts", course)


def test_htmx_gets_the_card_alone(browser: Client, course: Course, teacher: Actor) -> None:
    (draft, *_) = make_drafts(teacher, course=course)
    answer = browser.post(
        url("teach-ai-draft", course, draft.public_id),
        form_of(draft, act="accept"),
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    page = answer.content.decode()
    assert page.lstrip().startswith("<article")
    assert "Accepted" in page


def test_several_are_accepted_and_rejected(browser: Client, course: Course, teacher: Actor) -> None:
    drafts = make_drafts(teacher, course=course, count=4, content=PLATES + NETWORKS)
    chosen = [draft.public_id for draft in drafts]
    several = url("teach-ai-several", course)
    browser.post(several, {"act": "accept", "draft": [*chosen[:2], "nowhere"]})
    browser.post(several, {"act": "reject", "draft": chosen[1:3]})
    states = [Draft.objects.get(public_id=one).state for one in chosen]
    assert states == ["accepted", "accepted", "rejected", "draft"]
    page = browser.get(url("teach-ai-drafts", course)).content.decode()
    assert "Somebody has decided about this question already." in page


def test_drafts_of_another_course_are_not_found(
    browser: Client, course: Course, teacher: Actor
) -> None:  # Z3
    other = CourseFactory(created_by=course.created_by)
    (draft, *_) = make_drafts(teacher, course=other)
    path = url("teach-ai-draft", course, draft.public_id)
    assert browser.post(path, form_of(draft, act="accept")).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [("assistant", 200), ("learner", 403), ("observer", 403), ("outsider", 403)],
)
def test_pages_are_for_staff(course: Course, role: str, status: int) -> None:
    person = (
        UserFactory() if role == "outsider" else EnrolmentFactory(course=course, role=role).user
    )
    client = Client()
    client.force_login(person)
    assert client.get(url("teach-ai", course)).status_code == status
    assert client.get(url("teach-ai-drafts", course)).status_code == status


def test_queue_costs_the_same_with_more_rows(
    browser: Client, course: Course, teacher: Actor
) -> None:
    lesson = LessonFactory(course=course, text=PLATES + "\n\n" + NETWORKS)
    make_drafts(teacher, lesson=lesson, count=1)

    def read() -> None:
        assert browser.get(url("teach-ai-drafts", course)).status_code == 200

    assert_constant_queries(read, lambda: make_drafts(teacher, lesson=lesson, count=3))


def test_lesson_editor_and_home_lead_here(browser: Client, course: Course, teacher: Actor) -> None:
    lesson = LessonFactory(course=course, text=PLATES)
    editor = browser.get(reverse("teach-lesson", args=[course.slug, lesson.public_id]))
    assert f"{url('teach-ai', course)}?lesson={lesson.public_id}" in editor.content.decode()
    make_drafts(teacher, lesson=lesson)
    home = browser.get("/teach/").content.decode()
    assert "Generated questions to review" in home
    assert url("teach-ai-drafts", course) in home
