"""The forum through the API: a question from asking to solved, and what is refused."""

import uuid

import pytest

from lms.kernel.testing import assert_constant_queries
from realtime.models import ForumPost, ForumThread
from realtime.services.forum_keeping import set_forum
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast, answer, begin

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/forum"
JSON = "application/json"


def send(cast: Cast, who: str, path: str, **body: object) -> dict[str, object]:
    answer_ = api(cast, who).post(f"{ROOT}/{path}", body, content_type=JSON)
    assert answer_.status_code < 300, answer_.content
    return answer_.json() if answer_.content else {}


def test_a_question_goes_from_asked_to_solved(cast: Cast) -> None:
    course, own = cast.course.public_id, str(uuid.uuid4())
    new = {"course": course, "client_id": own, "title": "Why?", "body": "**So?**"}
    asked = send(cast, "learner", "threads/", kind="question", **new)
    again = api(cast, "learner").post(f"{ROOT}/threads/", {**new, "kind": "question"}, JSON)
    assert (again.status_code, again.json()["id"]) == (200, asked["id"])
    path = f"threads/{asked['id']}"
    reply = send(cast, "learner2", f"{path}/posts/", client_id=str(uuid.uuid4()), body="Thus.")
    assert (reply["seq"], reply["depth"], reply["reply_to"]) == (2, 0, None)
    send(cast, "learner", f"posts/{reply['id']}/helpful/", on=True)
    solved = send(cast, "learner", f"{path}/solve/", post=reply["id"])
    assert solved["solved_by"] == reply["id"]
    posts = api(cast, "learner2").get(f"{ROOT}/{path}/posts/").json()["results"]
    assert [(one["seq"], one["solves"], one["helpful"]) for one in posts] == [
        (1, False, 0),
        (2, True, 1),
    ]
    assert posts[0]["html"] == "<p><strong>So?</strong></p>\n"
    found = api(cast, "learner2").get(f"{ROOT}/threads/?course={course}&show=solved").json()
    assert [one["title"] for one in found["results"]] == ["Why?"]
    news = api(cast, "learner").get(f"{ROOT}/{path}/news/?after=1").json()
    assert news == {"count": 1, "last_seq": 2}


def test_a_nameless_author_has_neither_id_nor_name(cast: Cast) -> None:
    set_forum(actor=cast.actor("instructor"), course=cast.course, anonymous_allowed=True)
    post = begin(cast, anonymous=True)
    for who, mine in (("learner2", False), ("instructor", False), ("learner", True)):
        told = api(cast, who).get(f"{ROOT}/posts/{post.public_id}/").json()["author"]
        assert told == {
            "id": "",
            "name": "Anonymous 1",
            "anonymous": True,
            "mine": mine,
            "role": "",
        }
    said = send(cast, "assistant", f"posts/{post.public_id}/reveal/")
    assert said["name"] == cast.people["learner"].display_name


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("threads/", {"title": "x", "body": "\0"}),
        ("threads/", {"title": "x\u202e", "body": "x"}),
        ("threads/", {"title": "x", "body": "x", "kind": "song"}),
        ("threads/", {"title": "x", "body": "x", "board": "9" * 30}),
        ("threads/{id}/posts/", {"body": ""}),
        ("threads/{id}/read/", {"seq": 2**70}),
        ("threads/{id}/read/", {"seq": -1}),
        ("tasks/{id}/", {"points": "1e400"}),
        ("tasks/{id}/", {"points": "5", "due_at": "0001-01-01T00:00:00+14:00"}),
    ],
)
def test_what_cannot_be_kept_is_400(cast: Cast, path: str, body: dict[str, object]) -> None:
    post = begin(cast)
    url = f"{ROOT}/{path.format(id=post.thread.public_id)}"
    given = {"course": cast.course.public_id, "client_id": str(uuid.uuid4()), **body}
    client = api(cast, "instructor")
    send_ = client.put if path.startswith("tasks") else client.post
    assert send_(url, given, content_type=JSON).status_code == 400
    assert ForumPost.objects.count() == 1


def test_a_due_date_far_away_breaks_no_page(cast: Cast) -> None:
    post = begin(cast)
    url = f"{ROOT}/tasks/{post.thread.public_id}/"
    given = {"points": "5", "due_at": "9999-12-31T23:59:59Z"}
    status = api(cast, "instructor").put(url, given, content_type=JSON).status_code
    page = f"/c/{cast.course.slug}/discuss/t/{post.thread.public_id}/"
    for who in ("learner", "instructor"):
        assert api(cast, who).get(page).status_code == 200
    assert status in {200, 400}


def test_filters_that_are_none_are_400_and_missing_things_404(cast: Cast) -> None:
    client, course = api(cast, "learner"), cast.course.public_id
    for query in ("show=none", "kind=none", "ordering=none"):
        assert client.get(f"{ROOT}/threads/?course={course}&{query}").status_code == 400
    assert client.get(f"{ROOT}/threads/").status_code == 400
    assert client.get(f"{ROOT}/threads/nothing/").status_code == 404
    begin(cast)
    thread = ForumThread.objects.get().public_id
    assert client.get(f"{ROOT}/threads/{thread}/news/?after=x").status_code == 400
    assert client.get(f"{ROOT}/threads/{thread}/news/?after={'9' * 30}").status_code == 400
    assert client.get(f"{ROOT}/tasks/{thread}/").status_code == 404


def test_lists_of_the_api_cost_the_same_queries_with_more_rows(cast: Cast) -> None:
    root = begin(cast)
    answer(cast, "learner2", root)
    client = api(cast, "learner")
    client.get("/me/")
    for path in (
        f"threads/?course={cast.course.public_id}",
        f"threads/{root.thread.public_id}/posts/",
    ):
        assert_constant_queries(
            lambda path=path: client.get(f"{ROOT}/{path}"),  # type: ignore[misc]
            lambda: (begin(cast, "learner2"), answer(cast, "learner2", root)),
        )


def test_graded_discussions_are_listed_with_how_far_one_is(cast: Cast) -> None:
    course = cast.course.public_id
    root = begin(cast, "instructor", title="Discuss")
    begin(cast, "instructor", title="Only talk")
    path = f"tasks/{root.thread.public_id}/"
    asked = api(cast, "instructor").put(
        f"{ROOT}/{path}", {"points": "10", "posts_needed": 1, "replies_needed": 0}, JSON
    )
    assert asked.status_code == 200
    answer(cast, "learner", root)

    def listed(who: str) -> list[dict[str, object]]:
        found = api(cast, who).get(f"{ROOT}/tasks/?course={course}").json()["results"]
        return list(found)

    (mine,) = listed("learner")
    assert (mine["id"], mine["title"], mine["points"]) == (
        root.thread.public_id,
        "Discuss",
        "10.0000",
    )
    assert mine["progress"] == api(cast, "learner").get(f"{ROOT}/{path}").json()
    assert [one["progress"]["met"] for one in (mine, *listed("learner2"))] == [True, False]  # type: ignore[index]
    assert listed("assistant")[0]["progress"] is None

    def grow() -> None:
        more = begin(cast, "instructor", title="More")
        api(cast, "instructor").put(f"{ROOT}/tasks/{more.thread.public_id}/", {"points": "1"}, JSON)

    assert_constant_queries(lambda: listed("learner"), grow)
