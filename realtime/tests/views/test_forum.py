"""The pages of the forum: they work by forms alone, and refuse without losing what was written."""

import uuid
from decimal import Decimal

import pytest
from django.test import Client

from ai.models import Faq
from assessments.models import Grade
from courses.enums import CourseState
from lms.kernel import clock
from lms.kernel.testing import assert_constant_queries
from realtime.models import ForumBoard, ForumPost, ForumRead, ForumThread
from realtime.services.forum_keeping import report_post, set_forum
from realtime.services.forum_task import TaskWish, set_task
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast, answer, begin

pytestmark = pytest.mark.django_db


def base(cast: Cast) -> str:
    return f"/c/{cast.course.slug}/discuss"


def desk(cast: Cast) -> str:
    return f"/teach/{cast.course.slug}/discuss"


def text_of(cast: Cast, who: str, url: str) -> str:
    page = api(cast, who).get(url)
    assert page.status_code == 200, url
    return str(page.content.decode())


def test_an_empty_forum_invites_and_a_filter_without_threads_says_so(cast: Cast) -> None:
    assert "Ask the first question" in text_of(cast, "learner", f"{base(cast)}/")
    begin(cast)
    assert "No thread fits" in text_of(cast, "learner", f"{base(cast)}/?show=solved")
    assert api(cast, "learner").get(f"{base(cast)}/?show=nonsense").status_code == 302
    assert api(cast, "learner").get(f"{base(cast)}/?q=why&page=x").status_code == 200


def test_the_palette_finds_threads_that_one_may_read(cast: Cast) -> None:
    thread = begin(cast, title="Meanders of the Oder").thread
    answer(cast, "learner2", thread.posts.get(), "They meander because of silt")
    url, path = "/courses/found/?search=meander", f"{base(cast)}/t/{thread.public_id}/"
    for who in ("learner2", "instructor", "admin"):
        assert text_of(cast, who, url).count(path) == 1, who
    assert path not in text_of(cast, "outsider", url)
    assert path not in Client().get(url).content.decode()
    assert path in text_of(cast, "learner", "/courses/found/?search=silt")
    assert_constant_queries(
        lambda: text_of(cast, "learner", url), lambda: begin(cast, title="More meanders")
    )
    ForumThread.objects.filter(pk=thread.pk).update(deleted_at=clock.now())
    assert path not in text_of(cast, "instructor", url)


def test_staff_find_deleted_threads_and_bring_them_back(cast: Cast) -> None:
    thread = begin(cast, title="Meanders").thread
    url, listed = f"{base(cast)}/t/{thread.public_id}/", f"{base(cast)}/?show=deleted"
    assert "show=deleted" in text_of(cast, "assistant", f"{desk(cast)}/")
    assert "show=deleted" not in text_of(cast, "learner", f"{base(cast)}/")
    form = {"reason": "Rude"}
    api(cast, "assistant").post(f"{base(cast)}/p/{thread.posts.get().public_id}/delete/", form)
    assert url not in text_of(cast, "assistant", f"{base(cast)}/")
    assert url in text_of(cast, "assistant", listed)
    assert url not in text_of(cast, "learner", listed)
    assert "Restore the thread" in text_of(cast, "assistant", url)
    assert api(cast, "assistant").post(f"{url}do/restore/").status_code == 302
    assert url in text_of(cast, "learner", f"{base(cast)}/")


def test_a_thread_is_begun_answered_and_solved_by_forms(cast: Cast) -> None:
    own = str(uuid.uuid4())
    form = {"kind": "question", "title": "Why?", "body": "**So?**", "client_id": own}
    client = api(cast, "learner")
    for _ in range(2):  # sent twice by an impatient finger
        sent = client.post(f"{base(cast)}/new/", form)
        assert sent.status_code == 302
    thread = ForumThread.objects.get()
    url = f"{base(cast)}/t/{thread.public_id}/"
    assert sent["Location"] == url
    assert "<strong>So?</strong>" in text_of(cast, "learner2", url)
    reply = api(cast, "learner2").post(url, {"body": "Thus.", "client_id": str(uuid.uuid4())})
    post = ForumPost.objects.get(seq=2)
    assert reply["Location"].endswith(f"?at={post.public_id}#p-{post.public_id}")
    act = f"{base(cast)}/p/{post.public_id}/do/"
    assert api(cast, "learner").post(f"{act}solve/").status_code == 302
    assert api(cast, "learner").post(f"{act}helpful/", {"on": "1"}).status_code == 302
    assert api(cast, "learner").post(f"{act}nothing/").status_code == 404
    assert "Solved" in text_of(cast, "learner2", f"{base(cast)}/")
    assert "1 person found this helpful" in text_of(cast, "learner2", url)
    assert client.post(f"{base(cast)}/t/{thread.public_id}/do/unsolve/").status_code == 302
    thread.refresh_from_db()
    assert thread.solved_post is None


def test_refused_words_come_back_in_the_form(cast: Cast) -> None:
    page = api(cast, "learner").post(f"{base(cast)}/new/", {"title": "", "body": "Kept words"})
    assert page.status_code == 400
    assert "Kept words" in page.content.decode()
    post = begin(cast)
    url = f"{base(cast)}/t/{post.thread.public_id}/"
    long = "Kept too " + "x" * 20_001
    page = api(cast, "learner").post(url, {"body": long, "client_id": "x"})
    assert page.status_code == 400
    assert "Kept too" in page.content.decode()
    assert api(cast, "learner").post(url, {"body": " "}).status_code == 302
    assert ForumPost.objects.count() == 1


def test_reading_the_last_page_of_a_thread_marks_it_as_read(cast: Cast) -> None:
    post = begin(cast)
    for number in range(31):
        answer(cast, "learner", post, str(number))
    url = f"{base(cast)}/t/{post.thread.public_id}/"
    text_of(cast, "learner2", url)
    assert not ForumRead.objects.filter(user=cast.people["learner2"]).exists()
    text_of(cast, "learner2", f"{url}?page=2")
    assert ForumRead.objects.get(user=cast.people["learner2"]).last_seq == 32
    assert "1 new reply, show" not in text_of(cast, "learner2", f"{url}news/?after=32")
    answer(cast, "learner", post)
    assert "1 new reply, show" in text_of(cast, "learner2", f"{url}news/?after=32")
    answer(cast, "learner", post)
    assert "2 new replies, show" in text_of(cast, "learner2", f"{url}news/?after=32")
    assert text_of(cast, "learner", f"{url}news/?after=1").strip() == ""


def test_a_preview_is_cleaned_and_stores_nothing(cast: Cast) -> None:
    url = f"{base(cast)}/preview/"
    page = api(cast, "learner").post(url, {"body": "**so** <img src=x onerror=alert(1)>"})
    text = page.content.decode()
    assert "<strong>so</strong>" in text
    assert "onerror=" not in text.replace("&lt;img src=x onerror=", "")
    assert not ForumPost.objects.exists()


def test_the_desk_keeps_boards_and_settles_reports(cast: Cast) -> None:
    assert "are made with the first thread" in text_of(cast, "assistant", f"{desk(cast)}/")
    client = api(cast, "assistant")
    client.post(f"{desk(cast)}/boards/", {"title": "Trips", "kind": "discussion"})
    client.post(f"{desk(cast)}/boards/", {"title": "", "kind": "discussion"})
    trips = ForumBoard.objects.get(title="Trips")
    change = f"{desk(cast)}/boards/{trips.public_id}/"
    client.post(change, {"act": "up"})
    client.post(change, {"title": "Outings", "kind": "question", "about": "Where we go"})
    rows = ForumBoard.objects.order_by("ordinal").values_list("title", flat=True)
    assert list(rows) == ["General", "Outings", "Questions"]
    client.post(change, {"act": "delete"})
    assert not ForumBoard.objects.filter(title="Outings").exists()
    client.post(f"{desk(cast)}/settings/", {"anonymous_allowed": "on"})
    reply = answer(cast, "learner2", begin(cast), "*Rude* words")
    report_post(actor=cast.actor("learner"), post=reply, reason="Not kind")
    text = text_of(cast, "assistant", f"{desk(cast)}/")
    assert "Not kind" in text
    assert "Reported by" in text
    assert "<em>Rude</em> words" in text  # as its readers see it
    client.post(f"{desk(cast)}/reports/{reply.public_id}/", {"act": "remove"})
    reply.refresh_from_db()
    assert reply.delete_reason == "Reported"
    assert "Nothing is reported" in text_of(cast, "assistant", f"{desk(cast)}/")


def test_staff_pin_lock_and_move_inline(cast: Cast) -> None:
    post = begin(cast)
    other = ForumBoard.objects.get(title="Questions")
    act = f"{base(cast)}/t/{post.thread.public_id}/do/"
    client = api(cast, "assistant")
    client.post(f"{act}pin/", {"on": "1"})
    client.post(f"{act}lock/", {"on": "1"})
    client.post(f"{act}move/", {"board": other.public_id})
    thread = ForumThread.objects.get()
    assert (thread.pinned_at is None, thread.locked_at is None, thread.board) == (
        False,
        False,
        other,
    )
    assert client.post(f"{act}move/", {"board": "nothing"}).status_code == 404
    assert "only read" in text_of(cast, "learner", act.removesuffix("do/"))
    assert api(cast, "learner").post(f"{act}lock/", {"on": "0"}).status_code == 403


def test_a_discussion_is_graded_and_marked_on_pages(cast: Cast) -> None:
    post = begin(cast, "instructor")
    task = f"{desk(cast)}/t/{post.thread.public_id}/task/"
    marks = f"{desk(cast)}/t/{post.thread.public_id}/marks/"
    client = api(cast, "instructor")
    assert client.get(marks).status_code == 404
    assert client.get(task).status_code == 200
    assert client.post(task, {"points": "-1"}).status_code == 400
    form = {"points": "10", "posts_needed": "1", "replies_needed": "0"}
    for due in ("0001-01-01T00:00", "9999-12-31T23:59"):
        assert client.post(task, {**form, "due_at": due}).status_code in {302, 400}
        assert client.get(marks).status_code in {200, 404}
    assert client.post(task, {**form, "due_at": ""}).status_code == 302
    answer(cast, "learner", post, "My view")
    assert "1 of 1 post of your own" in text_of(
        cast, "learner", f"{base(cast)}/t/{post.thread.public_id}/"
    )
    shown = text_of(cast, "assistant", marks)
    assert "My view" in shown
    assert "1 post of one\u2019s own is asked for." in shown
    assert shown.index("My view") < shown.index("Has written nothing")  # who is silent, in one list
    silent = shown[shown.index("Has written nothing") :]
    assert cast.people["learner2"].display_name in silent
    assert cast.people["learner"].display_name not in silent
    assert marks in text_of(cast, "assistant", f"{desk(cast)}/")  # it is found without the thread
    assert 'value="10"' in client.get(task).content.decode()  # not 10.0000
    learner = cast.people["learner"].public_id
    for score, count in (("much", 0), ("NaN", 0), ("99", 0), ("7,5", 1)):
        sent = api(cast, "assistant").post(f"{marks}?page=1", {"learner": learner, "score": score})
        assert sent.status_code == 302
        assert Grade.objects.count() == count
        # What is refused is told at the head of the page; what is saved, where one was.
        place = f"&saved={learner}#s-{learner}" if count else ""
        assert sent.headers["Location"] == f"{marks}?page=1{place}"
    after = text_of(cast, "assistant", f"{marks}?page=1&saved={learner}")
    assert after.count('Saved<span class="sr">') == 1
    assert f'id="s-{learner}"' in after
    assert Grade.objects.get().score == Decimal("7.5")
    assert client.post(task, {"act": "drop"}).status_code == 302
    assert client.get(marks).status_code == 404


def test_an_answer_is_promoted_to_the_tutor(cast: Cast) -> None:
    reply = answer(cast, "learner2", begin(cast, title="When?", kind="question"), "In June.")
    url = f"{base(cast)}/p/{reply.public_id}/faq/"
    assert "In June." in text_of(cast, "instructor", url)
    api(cast, "instructor").post(url, {"question": "When is the exam?", "answer": "In June."})
    assert Faq.objects.get().question == "When is the exam?"
    thread = f"{base(cast)}/t/{reply.thread.public_id}/"
    assert "Answer for everybody" in text_of(cast, "learner", thread)


def test_edit_delete_report_and_history_have_pages(cast: Cast) -> None:
    reply = answer(cast, "learner2", begin(cast), "First words")
    at = f"{base(cast)}/p/{reply.public_id}"
    assert api(cast, "learner").get(f"{at}/edit/").status_code == 403
    api(cast, "learner2").post(f"{at}/edit/", {"body": "Second words"})
    assert "First words" in text_of(cast, "assistant", f"{at}/history/")
    assert api(cast, "learner2").get(f"{at}/history/").status_code == 403
    assert api(cast, "assistant").post(f"{at}/delete/", {"reason": ""}).status_code == 400
    api(cast, "assistant").post(f"{at}/delete/", {"reason": "Off topic"})
    assert "deleted this: Off topic" in text_of(
        cast, "learner", f"{base(cast)}/t/{reply.thread.public_id}/"
    )
    assert api(cast, "learner").post(f"{at}/report/").status_code == 302


def test_a_course_that_is_over_offers_nothing_to_write(cast: Cast) -> None:
    post = begin(cast)
    cast.course.state = CourseState.ARCHIVED
    cast.course.save(update_fields=["state"])
    for path in ("/", f"/t/{post.thread.public_id}/"):
        text = text_of(cast, "learner", f"{base(cast)}{path}")
        assert "forum is only read" in text
        assert "<textarea" not in text
    assert api(cast, "learner").get(f"{base(cast)}/new/").status_code == 403


def test_the_list_page_costs_the_same_queries_with_more_threads(cast: Cast) -> None:
    set_forum(actor=cast.actor("instructor"), course=cast.course, anonymous_allowed=True)
    root = begin(cast, "instructor", title="Graded")
    set_task(actor=cast.actor("instructor"), thread=root.thread, wish=TaskWish(points=Decimal(1)))
    answer(cast, "learner2", begin(cast))
    client = api(cast, "learner")
    client.get(f"{base(cast)}/")
    assert_constant_queries(
        lambda: client.get(f"{base(cast)}/"),
        lambda: answer(cast, "learner2", begin(cast, "learner2")),
    )
