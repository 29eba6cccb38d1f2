"""Pages of teaching material: made, decided in the editor without losing a word, out of date."""

import re

import pytest
from django.test import Client

from ai.enums import ContentKind, DraftState
from ai.models import Budget, ContentPiece
from ai.services.pieces import accept_piece
from ai.tests.content_factories import WALLS, a_lesson, made
from ai.tests.fake_model import FakeModel
from ai.tests.passages import PLATES
from courses.models import Course, Lesson
from courses.services.lesson import save_draft
from courses.tests.factories import CourseFactory
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
def client(course: Course) -> Client:
    browser = Client()
    browser.force_login(course.created_by)
    return browser


@pytest.fixture
def lesson(teacher: Actor, course: Course) -> Lesson:
    return a_lesson(teacher, course)


def editor(course: Course, lesson: Lesson) -> str:
    return f"/teach/{course.slug}/lessons/{lesson.public_id}/"


def form_of(client: Client, address: str, **changes: str) -> dict[str, str]:
    """What the editor's form would send."""
    html = client.get(address).content.decode()
    version = re.search(r'name="version" value="(\d+)"', html)
    assert version is not None
    base = {"title": "Walls", "minutes": "5", "video_url": "", "version": version[1]}
    return {**base, "markdown": WALLS, **changes}


def test_the_form_starts_a_job_whose_pieces_are_shown_with_their_sources(
    client: Client, course: Course, lesson: Lesson
) -> None:
    page = f"/teach/{course.slug}/ai/content/"
    assert client.get(f"{page}?lesson={lesson.public_id}").status_code == 200
    answer = client.post(page, {"kind": "key_terms", "source": f"lesson:{lesson.public_id}"})
    assert answer.status_code == 302
    run_jobs()
    html = client.get(answer["Location"]).content.decode()
    assert "dry stone wall" in html
    assert "made by rules on this server" in html
    assert "Below “Key terms” of the lesson:" in html


def test_a_job_that_is_under_way_can_be_cancelled_where_it_is_watched(
    client: Client, course: Course
) -> None:
    form = {"kind": "summary", "content": WALLS, "use": "rules"}
    watched = client.post(f"/teach/{course.slug}/ai/content/", form)["Location"]
    job = Job.objects.get()
    cancel = f"/teach/{course.slug}/ai/jobs/{job.public_id}/cancel/"
    assert f'action="{cancel}"' in client.get(watched).content.decode()
    assert client.post(cancel)["Location"] == watched
    page = client.get(watched).content.decode()
    assert "Cancelled." in page
    assert cancel not in page


def test_a_form_without_a_source_is_refused_in_place(client: Client, course: Course) -> None:
    answer = client.post(f"/teach/{course.slug}/ai/content/", {"kind": "summary"})
    assert answer.status_code == 400
    assert "Give exactly one source" in answer.content.decode()


def test_accepting_in_the_editor_saves_what_was_typed_and_can_be_taken_back(
    client: Client, teacher: Actor, course: Course, lesson: Lesson
) -> None:
    _job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson)
    address, piece = editor(course, lesson), pieces[0]
    html = client.get(address).content.decode()
    assert "Suggestions for this lesson" in html
    door = f"/teach/{course.slug}/ai/pieces/{piece.public_id}/"
    assert f'formaction="{door}"' in html
    typed = form_of(client, address, markdown=f"{WALLS}\nTyped and not saved.\n", act="accept")
    answer = client.post(door, typed)
    assert (answer.status_code, answer["Location"]) == (302, f"{address}#pieces")
    draft = lesson.versions.get(state="draft").markdown
    assert draft == f"{WALLS}\nTyped and not saved.\n\n## Key terms\n\n{piece.markdown}\n"
    typed = form_of(client, address, markdown=draft.replace("not saved", "kept"), act="undo")
    assert client.post(door, typed).status_code == 302
    assert lesson.versions.get(state="draft").markdown == f"{WALLS}\nTyped and kept.\n"


def test_rejecting_in_the_editor_keeps_what_was_typed(
    client: Client, teacher: Actor, course: Course, lesson: Lesson
) -> None:
    _job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson)
    address = editor(course, lesson)
    typed = form_of(client, address, markdown=f"{WALLS}\nTyped and not saved.\n", act="reject")
    answer = client.post(f"/teach/{course.slug}/ai/pieces/{pieces[0].public_id}/", typed)
    assert (answer.status_code, answer["Location"]) == (302, f"{address}#pieces")
    assert lesson.versions.get(state="draft").markdown == f"{WALLS}\nTyped and not saved.\n"
    pieces[0].refresh_from_db()
    assert pieces[0].state == DraftState.REJECTED


def test_accepting_after_somebody_elses_change_keeps_the_typed_text_and_accepts_nothing(
    client: Client, teacher: Actor, course: Course, lesson: Lesson
) -> None:
    _job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson)
    address = editor(course, lesson)
    typed = form_of(client, address, markdown="Only typed here.", act="accept")
    save_draft(actor=teacher, lesson=lesson, markdown=f"{WALLS}\nBy a colleague.\n")
    answer = client.post(f"/teach/{course.slug}/ai/pieces/{pieces[0].public_id}/", typed)
    assert answer.status_code == 400
    assert "Only typed here." in answer.content.decode()
    pieces[0].refresh_from_db()
    assert pieces[0].state == DraftState.DRAFT
    assert "By a colleague." in lesson.versions.get(state="draft").markdown


def test_hostile_pieces_are_shown_clean(client: Client, teacher: Actor, course: Course) -> None:
    lesson = a_lesson(teacher, course)
    bad = "<script>alert(1)</script> <img src=x onerror=alert(2)> [y](javascript:alert(3))"
    ContentPiece.objects.create(
        ordinal=1,
        course=course,
        lesson=lesson,
        kind=ContentKind.SUMMARY,
        heading=bad,
        title=bad,
        markdown=bad,
        notes=[bad],
        source={"title": bad, "address": bad, "blocks": [{"text": bad}]},
        provider=bad[:40],
        model=bad,
        prompt_version="x",
    )
    html = client.get(editor(course, lesson)).content.decode()
    assert "Suggestions for this lesson" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def test_what_is_out_of_date_is_listed_marked_and_kept(
    client: Client, teacher: Actor, course: Course, lesson: Lesson
) -> None:
    target = a_lesson(teacher, course, markdown="", title="Glossary")
    _job, pieces = made(teacher, ContentKind.KEY_TERMS, lesson=lesson, into=target)
    for piece in pieces:
        accept_piece(actor=teacher, piece=piece)
    page = f"/teach/{course.slug}/ai/stale/"
    assert "Everything is up to date" in client.get(page).content.decode()
    save_draft(
        actor=teacher, lesson=lesson, markdown=WALLS.replace("A foundation", "The foundation")
    )
    html = client.get(page).content.decode()
    assert html.count('value="confirm"') == 1
    assert (
        "1 thing made from this lesson is out of date"
        in client.get(editor(course, lesson)).content.decode()
    )
    assert "Source was edited" in client.get(editor(course, target)).content.decode()
    (door,) = re.findall(rf'action="({page}piece/\w+/)"', html)
    assert client.post(door, {"act": "again"}).status_code == 302
    run_jobs()
    new = ContentPiece.objects.filter(replaces__isnull=False).first()
    assert new is not None
    assert new.lesson == target
    assert client.post(door, {"act": "confirm"}).status_code == 302
    assert "Everything is up to date" in client.get(page).content.decode()


@pytest.mark.parametrize("source", ["section", "whole"])
def test_a_piece_is_made_anew_from_all_that_it_was_made_from(
    client: Client, teacher: Actor, course: Course, lesson: Lesson, source: str
) -> None:
    target = a_lesson(teacher, course, markdown="Before.\n", title="Summary")
    given = {"section": lesson.section} if source == "section" else {"whole": True}
    _job, (old,) = made(teacher, ContentKind.SUMMARY, course=course, into=target, **given)
    accept_piece(actor=teacher, piece=old)
    client.post(f"/teach/{course.slug}/ai/stale/piece/{old.public_id}/", {"act": "again"})
    params = Job.objects.latest("pk").params
    expected = {"section": lesson.section_id, "whole": False, "lesson": None}
    if source == "whole":
        expected = {"section": None, "whole": True, "lesson": None}
    assert {name: params[name] for name in expected} == expected
    assert params["replaces"] == old.pk


def test_what_a_piece_would_replace_is_shown_only_while_it_is_there(
    client: Client, teacher: Actor, course: Course, lesson: Lesson
) -> None:
    target = a_lesson(teacher, course, markdown="Before.\n", title="Summary")
    _job, (old,) = made(teacher, ContentKind.SUMMARY, lesson=lesson, into=target)
    accept_piece(actor=teacher, piece=old)
    made(teacher, ContentKind.SUMMARY, lesson=lesson, into=target, replaces=old)
    page = client.get(editor(course, target)).content.decode()
    assert "Takes the place of the older piece:" in page
    assert "diff-old" in page
    save_draft(actor=teacher, lesson=target, markdown="All in my own words.\n")
    page = client.get(editor(course, target)).content.decode()
    assert "Takes the place of the older piece:" not in page
    assert "diff-old" not in page


def test_the_panel_and_the_list_cost_the_same_queries_however_many(
    client: Client, teacher: Actor, course: Course, lesson: Lesson
) -> None:
    def more() -> None:
        _job, pieces = made(teacher, ContentKind.FLASHCARDS, lesson=lesson)
        accept_piece(actor=teacher, piece=pieces[0])

    more()
    panel = f"/teach/{course.slug}/ai/lessons/{lesson.public_id}/"
    assert_constant_queries(lambda: client.get(panel), more)
    address = f"/api/v1/ai/pieces/?course={course.public_id}"
    assert_constant_queries(lambda: client.get(address), more)


def test_a_big_job_says_first_what_it_would_take(
    client: Client, course: Course, model: FakeModel
) -> None:
    Budget.objects.create(scope="course", period="month", course=course, tokens=90_000)
    text = "\n\n".join("A stone stands by its weight. " * 120 for _ in range(4))
    data = {"kind": "simpler", "content": text, "use": "auto"}
    page = client.post(f"/teach/{course.slug}/ai/content/", data)
    shown = page.content.decode()
    assert page.status_code == 200
    assert "What it would take" in shown
    assert "The course&#x27;s AI budget of this month" in shown
    assert "90,000 tokens left" in shown
    assert not Job.objects.exists()
    # What was typed is still there, and one press starts it.
    assert text[:60] in shown
    started = client.post(f"/teach/{course.slug}/ai/content/", {**data, "act": "start"})
    assert started.status_code == 302
    assert Job.objects.count() == 1


def test_a_job_that_cannot_fit_is_refused_on_the_form(
    client: Client, course: Course, model: FakeModel
) -> None:
    Budget.objects.create(scope="course", period="month", course=course, tokens=100)
    data = {"kind": "summary", "content": PLATES, "use": "auto"}
    asked = client.post(f"/teach/{course.slug}/ai/content/", {**data, "act": "estimate"})
    assert "has 100 tokens left; this needs more" in asked.content.decode()
    assert 'value="start"' not in asked.content.decode()
    answer = client.post(f"/teach/{course.slug}/ai/content/", data)
    assert answer.status_code == 400
    assert "has 100 tokens left; this needs more" in answer.content.decode()
    assert not Job.objects.exists()
