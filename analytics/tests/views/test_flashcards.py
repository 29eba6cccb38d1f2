"""The pages of flashcards: making, pasting, the table, the queue, the lesson's door, the deck."""

import pytest
from django.test import Client

from analytics.models import Flashcard
from analytics.services.flashcards import Sides, add_own_cards
from assessments.tests.factories import School, make_lesson, make_school
from courses.enums import LessonKind
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def page(client: Client, url: str, status: int = 200) -> str:
    answered = client.get(url)
    assert answered.status_code == status
    return answered.content.decode()


def test_a_card_is_made_shown_rated_suspended_and_deleted(school: School) -> None:
    client = client_of(school, "learner")
    course = school.course.public_id
    form = {"course": course, "front": "What is **lava**?", "back": "Molten rock."}
    wrong = client.post("/me/cards/new/", {**form, "front": ""})
    assert wrong.status_code == 400
    made = client.post("/me/cards/new/", {**form, "again": "1"})
    assert made["Location"] == f"/me/cards/new/?course={course}"
    key = Flashcard.objects.get().public_id
    front = page(client, "/me/review/")
    assert "<strong>lava</strong>" in front
    assert "Molten rock." not in front
    assert "Molten rock." in page(client, f"/me/review/?show={key}")
    rated = client.post("/me/review/rate/", {"question": key, "rating": "4", "reps": "0"})
    assert rated.status_code == 302
    assert "lava" not in page(client, "/me/review/")
    client.post("/me/review/undo/")
    assert "lava" in page(client, "/me/review/")
    client.post(f"/me/cards/{key}/", {"front": "What is magma?", "back": "Below ground."})
    assert "magma" in page(client, "/me/cards/?search=magma")
    client.post(f"/me/cards/{key}/suspend/", {"next": "queue"})
    assert "magma" not in page(client, "/me/review/")
    assert "Unsuspend" in page(client, "/me/cards/?show=resting")
    client.post(f"/me/cards/{key}/delete/")
    assert "No cards yet" in page(client, "/me/cards/")


def test_many_are_looked_at_before_they_are_added(school: School) -> None:
    client, course = client_of(school, "learner"), school.course.public_id
    form = {"course": course, "text": "=A ; <script>1</script>x\nbroken"}
    looked = client.post("/me/cards/paste/", {**form, "act": "add"})
    assert (looked.status_code, Flashcard.objects.count()) == (400, 0)
    assert "1 line makes no card" in looked.content.decode()
    assert "<script>1" not in looked.content.decode()
    form["text"] = "=A ; B\nC\tD"
    looked = client.post("/me/cards/paste/", {**form, "act": "look"})
    assert (looked.status_code, Flashcard.objects.count()) == (200, 0)
    assert "Add 2 cards" in looked.content.decode()
    client.post("/me/cards/paste/", {**form, "act": "add"})
    assert Flashcard.objects.filter(owner=school.learner).count() == 2
    table = page(client, "/me/cards/flashcards.csv?search=B")
    assert "'=A,B," in table
    assert "C,D" not in table


def test_a_deck_is_written_published_and_only_read_by_assistants(school: School) -> None:
    teacher, here = client_of(school, "instructor"), f"/teach/{school.course.slug}/cards/"
    assert here in page(teacher, f"/teach/{school.course.slug}/bank/")
    teacher.post(f"{here}new/", {"front": "Basalt?", "back": "Lava."})
    teacher.post(f"{here}paste/", {"text": "Chalk? ; Shells.", "act": "add", "publish": "1"})
    assert page(client_of(school, "learner"), "/me/review/").count("Chalk?") == 1
    shown = page(client_of(school, "assistant"), here)
    assert "Basalt?" in shown
    assert "New card" not in shown
    teacher.post(f"{here}publish/")
    assert Flashcard.objects.filter(state="published").count() == 2
    row = Flashcard.objects.get(front="Basalt?")
    teacher.post(f"{here}{row.public_id}/", {"front": "Basalt is?", "back": "Lava."})
    teacher.post(f"{here}{row.public_id}/hide/")
    row.refresh_from_db()
    assert (row.front, row.state) == ("Basalt is?", "draft")
    assert "Basalt is?" in page(teacher, f"{here}flashcards.csv")
    teacher.post(f"{here}{row.public_id}/delete/")
    assert "No card fits" in page(teacher, f"{here}?search=basalt")


def test_a_lesson_leads_to_a_card_for_who_learns_it(school: School) -> None:
    lesson = make_lesson(school, kind=LessonKind.TEXT)
    here = f"/c/{school.course.slug}/learn/{lesson.public_id}/"
    assert "Make a flashcard" in page(client_of(school, "learner"), here)
    assert "Make a flashcard" not in page(client_of(school, "instructor"), here)
    filled = page(client_of(school, "learner"), "/me/cards/new/?back=Basalt+%3Cb%3E")
    assert "Basalt &lt;b&gt;" in filled


def test_the_list_takes_as_many_queries_for_three_cards_as_for_one(school: School) -> None:
    client = client_of(school, "learner")

    def add(count: int) -> None:
        cards = [Sides(front=f"f{n}", back="b") for n in range(count)]
        add_own_cards(actor=school.actor("learner"), course=school.course, cards=cards)

    add(1)
    one = count_queries(lambda: page(client, "/me/cards/"))
    add(2)
    assert count_queries(lambda: page(client, "/me/cards/")) == one
