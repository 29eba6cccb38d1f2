"""An announcement that went out is put in other words: seen as edited, told to nobody again."""

from typing import Any

import pytest
from django.core import mail

from courses.enums import CourseRole
from lms.kernel.errors import Invalid, NotFound, Stale
from lms.kernel.testing import events_of, run_jobs
from realtime.models import Announcement, Notification
from realtime.queries.notifications import words_of
from realtime.services.announcements import announce, delete_announcement, edit_announcement
from realtime.services.occasions import tell_announcement
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast, enrol, outcome, person

pytestmark = pytest.mark.django_db


def announced(cast: Cast) -> Announcement:
    made = announce(
        actor=cast.actor("instructor"), course=cast.course, title="Exam", body="On **Monday**"
    )
    tell_announcement(announcement_id=made.pk)
    return made


def test_an_edit_shows_new_words_and_tells_nobody(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    made = announced(cast)
    told = Notification.objects.count()
    assert told == 4
    other = announce(actor=cast.actor("instructor"), course=cast.course, title="Else", body="x")
    tell_announcement(announcement_id=other.pk)
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        edited = edit_announcement(
            actor=cast.actor("instructor"), announcement=made, title="The exam", body="On *Tuesday*"
        )
    run_jobs()
    assert (edited.title, edited.html, edited.version, edited.edited_by_other) == (
        "The exam",
        "<p>On <em>Tuesday</em></p>\n",
        2,
        False,
    )
    assert edited.edited_at is not None
    # The list names it as it is called now; no row is added and no letter leaves.
    assert Notification.objects.count() == told * 2
    rows = Notification.objects.filter(user=cast.people["learner"]).order_by("pk")
    assert [words_of(row).title for row in rows] == ["The exam", "Else"]
    assert mail.outbox == []
    assert events_of("realtime.announcement_edited") == [
        {
            "announcement_id": made.pk,
            "course_id": cast.course.pk,
            "version": 2,
            "actor_id": cast.people["instructor"].pk,
        }
    ]
    assert events_of("realtime.announcement_published")[0]["announcement_id"] == made.pk


def test_an_edit_that_changes_nothing_leaves_no_mark(cast: Cast) -> None:
    made = announced(cast)
    same = edit_announcement(
        actor=cast.actor("instructor"), announcement=made, title=" Exam ", body="On **Monday**"
    )
    assert (same.version, same.edited_at) == (1, None)
    assert events_of("realtime.announcement_edited") == []


def test_an_edit_is_refused_where_it_would_lose_something(cast: Cast) -> None:
    made, teacher = announced(cast), cast.actor("instructor")
    words: dict[str, Any] = {"actor": teacher, "announcement": made, "title": "New", "body": "x"}
    with pytest.raises(Invalid) as problem:
        edit_announcement(**{**words, "body": "  "})
    assert list(problem.value.errors) == ["body"]
    edit_announcement(**words, expected=1)
    with pytest.raises(Stale):
        edit_announcement(**{**words, "title": "Newer"}, expected=1)
    delete_announcement(actor=teacher, announcement=made)
    with pytest.raises(NotFound):
        edit_announcement(**{**words, "title": "Newer"})
    assert Announcement.objects.get().title == "New"


EDIT = {
    "anonymous": 401,
    "outsider": 404,
    "other_instructor": 404,
    "learner": 403,
    "observer": 403,
    "assistant": 403,
    "read_token": 403,
    "preview": 403,
    "instructor": 200,
    "admin": 200,
}


@pytest.mark.parametrize(("who", "status"), EDIT.items())
def test_an_announcement_is_edited_by_instructors(cast: Cast, who: str, status: int) -> None:
    made = announced(cast)

    def act() -> None:
        edit_announcement(actor=cast.actor(who), announcement=made, title="New", body="y")

    assert outcome(act) == status
    made.refresh_from_db()
    assert (made.title == "New") == (status == 200)
    assert made.edited_by_other == (who == "admin")


def test_the_page_edits_and_says_so(cast: Cast) -> None:
    made = announced(cast)
    colleague = person("Cleo Colleague")
    cast.people["colleague"] = colleague
    enrol(colleague, cast.course, CourseRole.INSTRUCTOR)
    url = f"/teach/{cast.course.slug}/announcements/"
    edit, client = f"{url}{made.public_id}/edit/", api(cast, "instructor")
    assert f'href="{edit}"' in client.get(url).content.decode()
    form = client.get(edit).content.decode()
    assert "On **Monday**" in form
    assert 'name="version" value="1"' in form
    reads = f"/c/{cast.course.slug}/announcements/"
    assert "edited" not in api(cast, "learner").get(reads).content.decode()
    given = {"title": "Exam", "body": "On *Tuesday*", "version": "1"}
    assert client.post(edit, given).headers["Location"] == url
    page = api(cast, "learner").get(reads).content.decode()
    assert "On <em>Tuesday</em>" in page
    assert ">edited</time>" in page
    assert edit not in page
    # Somebody who read the first words does not overwrite the second.
    late = client.post(edit, {**given, "body": "On Friday"})
    assert late.status_code == 400
    assert "changed by somebody else" in late.content.decode()
    api(cast, "colleague").post(edit, {**given, "body": "On Friday", "version": "2"})
    assert "edited by another teacher" in api(cast, "learner").get(reads).content.decode()


def test_the_api_edits_by_its_version(cast: Cast) -> None:
    made, client = announced(cast), api(cast, "instructor")
    url = f"/api/v1/announcements/{made.public_id}/"
    read = client.get(url)
    assert (read["ETag"], read.json()["edited_at"]) == ('"1"', None)
    sent: dict[str, Any] = {"content_type": "application/json"}
    done = client.patch(url, {"body": "Other"}, **sent, headers={"if-match": '"1"'})
    assert (done.status_code, done["ETag"], done.json()["title"]) == (200, '"2"', "Exam")
    assert done.json()["edited_at"] is not None
    stale = client.patch(url, {"body": "Third"}, **sent, headers={"if-match": '"1"'})
    assert stale.status_code == 412
    made.refresh_from_db()
    assert made.body == "Other"
