"""The pages: who sees them, and that they work by forms alone."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from ai.services.consent import switch_course
from ai.services.faq import add_faq
from analytics.models import LearnerRisk
from courses.models import Course
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries, run_jobs
from realtime.enums import DirectPolicy, NotificationKind
from realtime.models import (
    Announcement,
    Message,
    Notification,
    NotificationPreference,
    PersonBlock,
    Room,
)
from realtime.services.announcements import announce
from realtime.services.moderation import report_message
from realtime.tests.api.test_chat import api, say
from realtime.tests.api.test_notifications import tell
from realtime.tests.factories import Cast

pytestmark = pytest.mark.django_db


def chat_url(course: Course) -> str:
    return f"/c/{course.slug}/chat/"


CHAT = {
    "anonymous": 302,
    "outsider": 403,
    "other_instructor": 403,
    "observer": 403,
    "learner": 200,
    "assistant": 200,
    "instructor": 200,
    "admin": 200,
}


@pytest.mark.parametrize(("who", "status"), CHAT.items())
def test_chat_page_is_for_members(cast: Cast, who: str, status: int) -> None:
    say(cast, "learner", "Are you **there**?")
    answer = api(cast, who).get(chat_url(cast.course))
    assert answer.status_code == status
    assert ("Are you <strong>there</strong>?" in answer.content.decode()) == (status == 200)


def test_chat_page_sends_and_deletes_by_forms(cast: Cast) -> None:
    client, own = api(cast, "learner"), str(uuid.uuid4())
    url = chat_url(cast.course)
    for _ in range(2):  # sent twice by an impatient finger
        assert client.post(url, {"body": "By form", "client_id": own}).status_code == 302
    message = Message.objects.get()
    assert (message.body, str(message.client_id)) == ("By form", own)
    assert client.post(url, {"body": "", "client_id": "x"}).status_code == 302
    assert "Write something first." in client.get(url).content.decode()
    assert Message.objects.count() == 1
    delete = f"{url}{message.public_id}/delete/"
    assert api(cast, "learner2").post(delete).status_code == 403
    assert client.get(delete).status_code == 405
    assert client.post(delete).status_code == 302
    assert "This message was deleted." in client.get(url).content.decode()
    elsewhere = f"/c/{cast.other_course.slug}/chat/{message.public_id}/delete/"
    assert api(cast, "admin").post(elsewhere).status_code == 404  # Z3


def test_question_and_its_answer_are_shown_as_an_ais_and_made_one_for_everybody(cast: Cast) -> None:
    add_faq(
        actor=cast.actor("instructor"),
        course=cast.course,
        question="What is chalk made of?",
        answer="Chalk is made of shells.",
    )
    client = api(cast, "learner")
    client.post(chat_url(cast.course), {"body": "@tutor What is chalk made of?"})
    assert "The tutor looks it up" in client.get(chat_url(cast.course)).content.decode()
    run_jobs()
    page = client.get(chat_url(cast.course)).content.decode()
    assert "From an AI, out of this course." in page
    assert "Chalk is made of shells." in page
    answer = Message.objects.get(ai__isnull=False)
    promote = f"{chat_url(cast.course)}{answer.public_id}/faq/"
    assert promote not in page
    teacher = api(cast, "instructor")
    assert promote in teacher.get(chat_url(cast.course)).content.decode()
    form = teacher.get(promote).content.decode()
    assert "What is chalk made of?" in form
    assert "@tutor" not in form
    assert "An AI wrote this." in form
    assert teacher.post(promote, {"question": "", "answer": "x"}).status_code == 200
    sent = teacher.post(promote, {"question": "Chalk?", "answer": "Shells, all of it."})
    assert sent["Location"] == chat_url(cast.course)
    assert "Answer for everybody" in client.get(chat_url(cast.course)).content.decode()
    assert api(cast, "assistant").get(promote).status_code == 403


def test_reason_of_a_refused_question_is_shown_to_its_asker_alone(cast: Cast) -> None:
    switch_course(actor=cast.actor("instructor"), course=cast.course, off=True)
    say(cast, "learner", "@tutor What is chalk made of?")
    pages = {
        who: api(cast, who).get(chat_url(cast.course)).content.decode()
        for who in ("learner", "learner2")
    }
    words = "AI is turned off in this course."
    assert {who: words in page for who, page in pages.items()} == {
        "learner": True,
        "learner2": False,
    }
    assert "The tutor did not answer." in pages["learner2"]
    again = f"{chat_url(cast.course)}{Message.objects.get().public_id}/again/"
    assert again in pages["learner"]
    switch_course(actor=cast.actor("instructor"), course=cast.course, off=False)
    assert api(cast, "learner").post(again).status_code == 302
    assert Message.objects.get().asked == "waiting"
    assert api(cast, "learner2").post(again).status_code == 404


def test_pages_of_the_room_do_by_forms_what_scripts_do(cast: Cast) -> None:
    say(cast, "learner", "First words")
    message = Message.objects.get()
    url = f"{chat_url(cast.course)}{message.public_id}/"
    learner, other, teacher = (api(cast, who) for who in ("learner", "learner2", "instructor"))
    other.post(f"{url}do/react/", {"emoji": "heart", "on": "1"})
    other.post(f"{url}thread/", {"body": "A reply"})
    other.post(f"{url}report/", {"reason": "Loud"})
    assert other.post(f"{url}do/pin/", {"on": "1"}).status_code == 403
    assert teacher.post(f"{url}do/nothing/").status_code == 404
    teacher.post(f"{url}do/pin/", {"on": "1"})
    assert f"{url}edit/" in learner.get(chat_url(cast.course)).content.decode()
    learner.post(f"{url}edit/", {"body": "Second words"})
    message.refresh_from_db()
    assert (message.body, message.reactions, message.reply_count) == (
        "Second words",
        {"heart": 1},
        1,
    )
    page = other.get(chat_url(cast.course)).content.decode()
    for words in ("edited", "1 pinned message", "1 reply", 'aria-pressed="true"'):
        assert words in page
    assert f"{url}edit/" not in page
    thread = teacher.get(f"{url}thread/").content.decode()
    assert "First words" in thread  # staff see what it said before
    assert "First words" not in learner.get(f"{url}thread/").content.decode()
    assert (
        "Second words" in learner.get(f"{chat_url(cast.course)}search/?q=second").content.decode()
    )
    with clock.travel(clock.now() + timedelta(minutes=16)):
        assert f"{url}edit/" not in learner.get(chat_url(cast.course)).content.decode()


def test_desk_of_the_room_settles_reports_restricts_and_exports(cast: Cast) -> None:
    say(cast, "learner", "=Rude")
    message = Message.objects.get()
    report_message(actor=cast.actor("learner2"), message=message, reason="Loud")
    teacher, url = api(cast, "assistant"), f"/teach/{cast.course.slug}/chat/"
    desk = teacher.get(url).content.decode()
    assert "Loud" in desk
    assert "1 report" in desk
    teacher.post(f"{url}settings/", {"slow_seconds": "9", "blocked_words": "darn"})
    teacher.post(f"{url}settings/", {"slow_seconds": "many", "blocked_words": ""})
    leo = cast.people["learner2"]
    teacher.post(f"{url}members/", {"member": leo.public_id, "kind": "mute", "minutes": "60"})
    after = teacher.get(url).content.decode()
    for words in ('value="9"', "darn", leo.name, "Reads, does not write"):
        assert words in after
    teacher.post(f"{url}members/", {"member": leo.public_id, "act": "lift"})
    assert "Nobody is muted or banned." in teacher.get(url).content.decode()
    saved = teacher.get(f"{url}export/")
    assert saved["Content-Type"].startswith("text/csv")
    assert "'=Rude" in saved.getvalue().decode()  # no formula for a spreadsheet
    rows = json.loads(teacher.get(f"{url}export/?as=json").getvalue())["messages"]
    assert [row["body"] for row in rows] == ["=Rude"]
    teacher.post(f"{url}reports/{message.public_id}/", {"act": "remove"})
    message.refresh_from_db()
    assert message.deleted_at is not None
    assert "Nothing is reported" in teacher.get(url).content.decode()


def test_what_is_new_is_counted_on_the_tab_and_marked_in_the_room(cast: Cast) -> None:
    say(cast, "learner", "Old")
    client = api(cast, "learner2")
    room = f"/api/v1/rooms/{cast.course.public_id}/"
    client.post(f"{room}read/", {"seq": 1}, content_type="application/json")
    for words in ("New one", "New two"):
        say(cast, "learner", words)
    overview = client.get(f"/c/{cast.course.slug}/").content.decode()
    assert '2<span class="sr"> new</span>' in overview
    page = client.get(chat_url(cast.course)).content.decode()
    assert page.count("New since you were here") == 1
    assert page.index("Old") < page.index("New since you were here") < page.index("New one")
    client.post(f"{room}read/", {"seq": 3}, content_type="application/json")
    assert "New since" not in client.get(chat_url(cast.course)).content.decode()


def test_chat_page_shows_moderation_to_staff_and_authors(cast: Cast) -> None:
    say(cast, "learner")
    button = f"chat/{Message.objects.get().public_id}/delete/"
    pages = {
        who: api(cast, who).get(chat_url(cast.course)).content.decode()
        for who in ("learner", "learner2", "assistant")
    }
    assert {who: button in page for who, page in pages.items()} == {
        "learner": True,
        "learner2": False,
        "assistant": True,
    }


def test_chat_page_takes_the_same_queries_for_any_number_of_messages(cast: Cast) -> None:
    client = api(cast, "learner")
    say(cast, "learner")
    assert_constant_queries(
        lambda: client.get(chat_url(cast.course)), lambda: say(cast, "assistant")
    )


def test_chat_page_has_earlier_messages(cast: Cast) -> None:
    for number in range(51):
        say(cast, "learner", f"m{number}")
    page = api(cast, "learner2").get(chat_url(cast.course)).content.decode()
    assert 'data-earlier="true"' in page
    assert 'data-last-seq="51"' in page
    assert 'data-seq="1"' not in page
    assert 'data-seq="2"' in page


def test_notifications_page_reads_one_or_all(cast: Cast) -> None:
    row, _other = tell(cast, "learner"), tell(cast, "learner", "k2")
    client = api(cast, "learner")
    page = client.get("/me/notifications/").content.decode()
    assert f"You are enrolled in {cast.course.title}" in page
    assert "2 unread" in page
    assert "2 new notifications" in page  # the bell
    opened = client.post(f"/me/notifications/{row.public_id}/")
    assert (opened.status_code, opened["Location"]) == (302, f"/c/{cast.course.slug}/")
    unread = client.get("/me/notifications/?show=unread").content.decode()
    assert unread.count("/me/notifications/") > 0
    assert row.public_id not in unread
    client.post("/me/notifications/read-all/")
    assert not Notification.objects.filter(read_at=None).exists()
    assert (
        "You have seen everything." in client.get("/me/notifications/?show=unread").content.decode()
    )
    assert api(cast, "learner2").post(f"/me/notifications/{row.public_id}/").status_code == 404
    assert api(cast, "anonymous").get("/me/notifications/").status_code == 302
    empty = api(cast, "outsider").get("/me/notifications/").content.decode()
    assert "Nothing yet" in empty


def test_a_burst_stands_as_one_and_opens(cast: Cast) -> None:
    rows = [tell(cast, "learner", f"k{number}") for number in range(5)]
    client = api(cast, "learner")
    page = client.get("/me/notifications/").content.decode()
    assert "4 more of this kind" in page
    assert all(f'id="n-{row.public_id}"' in page for row in rows)
    client.post(f"/me/notifications/{rows[2].public_id}/")
    page = client.get("/me/notifications/").content.decode()
    assert "more of this kind" not in page  # what was read parts them


def test_notification_switches_are_saved_by_form(cast: Cast) -> None:
    client = api(cast, "learner")
    on = {f"{kind}-in_app": "on" for kind in ("invited", "enrolled", "quiz_published")}
    saved = client.post("/me/notifications/switches/", {**on, "enrolled-mail": "daily"})
    assert (saved.status_code, saved["Location"]) == (302, "/me/notifications/settings/")
    rows = {row.kind: (row.in_app, row.mail) for row in NotificationPreference.objects.all()}
    told = [kind for kind in NotificationKind.values if kind != "ai_budget"]  # that is for teachers
    assert rows == dict.fromkeys(told, (False, False)) | {
        "invited": (True, False),
        "enrolled": (True, True),
        "quiz_published": (True, False),
    }
    assert api(cast, "anonymous").post("/me/notifications/switches/").status_code == 302


TEACH = {
    "anonymous": (302, 302),
    "outsider": (403, 403),
    "learner": (403, 403),
    "observer": (403, 403),
    "other_instructor": (403, 403),
    "assistant": (200, 403),
    "instructor": (200, 302),
    "admin": (200, 302),
}


@pytest.mark.parametrize(("who", "statuses"), TEACH.items())
def test_announcement_page_is_for_staff_and_writing_for_instructors(
    cast: Cast, who: str, statuses: tuple[int, int]
) -> None:
    url = f"/teach/{cast.course.slug}/announcements/"
    client = api(cast, who)
    reads = client.get(url).status_code
    writes = client.post(url, {"title": "Exam", "body": "On Monday"}).status_code
    assert (reads, writes) == statuses
    assert Announcement.objects.exists() == (who in {"instructor", "admin"})


def test_announcement_page_keeps_what_was_typed(cast: Cast) -> None:
    url = f"/teach/{cast.course.slug}/announcements/"
    answer = api(cast, "instructor").post(url, {"title": "Exam", "body": ""})
    assert answer.status_code == 400
    assert 'value="Exam"' in answer.content.decode()
    nul = api(cast, "instructor").post(url, {"title": "Ex\x00am", "body": "x"})
    assert nul.status_code == 400
    assert not Announcement.objects.exists()


def test_announcements_are_read_and_deleted(cast: Cast) -> None:
    row = announce(actor=cast.actor("instructor"), course=cast.course, title="Exam", body="Soon")
    page = f"/c/{cast.course.slug}/announcements/"
    for who, status in {"learner": 200, "observer": 200, "outsider": 403, "anonymous": 302}.items():
        assert api(cast, who).get(page).status_code == status, who
    assert f'id="{row.public_id}"' in api(cast, "learner").get(page).content.decode()
    delete = f"/teach/{cast.course.slug}/announcements/{row.public_id}/delete/"
    assert api(cast, "assistant").post(delete).status_code == 403
    assert api(cast, "instructor").post(delete).status_code == 302
    assert "No announcements yet" in api(cast, "instructor").get(page).content.decode()


def test_slots_show_announcements_and_tabs(cast: Cast) -> None:
    course = f"/c/{cast.course.slug}/"
    before = api(cast, "learner").get(course).content.decode()
    assert f"{course}chat/" in before
    assert f"{course}announcements/" not in before
    announce(actor=cast.actor("instructor"), course=cast.course, title="Big news", body="Soon")
    assert "Big news" in api(cast, "learner").get(course).content.decode()
    assert "Big news" not in api(cast, "outsider").get(course).content.decode()
    assert f"{course}chat/" not in api(cast, "observer").get(course).content.decode()
    assert "Big news" in api(cast, "learner").get("/me/").content.decode()
    assert "Big news" not in api(cast, "outsider").get("/me/").content.decode()
    assert "Notifications" not in Client().get("/courses/").content.decode()


def test_a_learners_figures_lead_to_a_message(cast: Cast) -> None:
    person = cast.people["learner"]
    page = f"/teach/{cast.course.slug}/analytics/learners/{person.public_id}/"
    way = f'href="/me/messages/to/{person.public_id}/"'
    assert way in api(cast, "instructor").get(page).content.decode()
    # A way that is missing would tell a teacher that this learner blocks them.
    PersonBlock.objects.create(blocker=person, blocked=cast.people["instructor"])
    assert way in api(cast, "instructor").get(page).content.decode()
    PersonBlock.objects.update(blocker=cast.people["instructor"], blocked=person)
    assert way not in api(cast, "instructor").get(page).content.decode()
    PersonBlock.objects.all().delete()
    Room.objects.update_or_create(course=cast.course, defaults={"direct": DirectPolicy.OFF})
    shown = api(cast, "instructor").get(page)
    assert shown.status_code == 200
    assert way not in shown.content.decode()


def test_what_could_be_done_for_a_learner_is_a_message_where_the_course_allows_it(
    cast: Cast,
) -> None:
    person, now = cast.people["learner"], clock.now()
    LearnerRisk.objects.create(
        course=cast.course,
        learner=person,
        week=now.date() - timedelta(days=now.weekday()),
        day=40,
        chance=0.8,
        told={"base": 0.0, "rest": 0.0, "reasons": [["silence", 1.4]], "figures": {"silent": 12.0}},
        told_at=now,
    )
    page = f"/teach/{cast.course.slug}/analytics/learners/{person.public_id}/"
    inside, outside = f'href="/me/messages/to/{person.public_id}/"', f'href="mailto:{person.email}"'
    shown = api(cast, "instructor").get(page).content.decode()
    # At the head of the page, and beside the reason that asks for it.
    assert shown.count(inside) == 2
    assert outside not in shown
    Room.objects.update_or_create(course=cast.course, defaults={"direct": DirectPolicy.OFF})
    shown = api(cast, "instructor").get(page).content.decode()
    assert inside not in shown
    assert shown.count(outside) == 1


def test_what_was_done_is_told_below_the_tabs_once(cast: Cast) -> None:
    client, url = api(cast, "assistant"), f"/teach/{cast.course.slug}/chat/"
    page = client.post(f"{url}settings/", {"slow_seconds": "9", "blocked_words": ""}, follow=True)
    text = page.content.decode()
    assert text.count('class="alerts"') == 1
    assert text.index("course-tabs") < text.index('class="alerts"') < text.index('<main id="main"')
