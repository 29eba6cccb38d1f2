"""Who posts without their name: peers never learn who, staff do by an act that is recorded."""

import io
import json
import zipfile

import pytest

from accounts.services.privacy import export_person
from analytics.models import DailyActivity, LearnerFeature
from analytics.tests.factories import drain
from lms.kernel.errors import Denied, Invalid
from lms.kernel.testing import events_of, run_jobs
from realtime.api.forum_export import forum_export
from realtime.models import ForumFollow, ForumPost, Notification
from realtime.queries.forum import Faces, may_hide_name
from realtime.queries.forum_thread import any_thread, lines_of, posts_of
from realtime.queries.notifications import words_of
from realtime.services.forum_keeping import reveal_author, set_forum
from realtime.services.forum_occasions import tell_post
from realtime.tests.api.test_chat import api
from realtime.tests.factories import Cast, answer, begin

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def hidden(cast: Cast) -> Cast:
    set_forum(actor=cast.actor("assistant"), course=cast.course, anonymous_allowed=True)
    return cast


def secret(cast: Cast) -> tuple[str, ...]:
    person = cast.people["learner"]
    return (person.name, person.public_id, person.email)


def test_nobody_hides_where_the_course_does_not_allow_it(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        begin(cast, anonymous=True)
    assert list(refusal.value.errors) == ["anonymous"]
    assert not may_hide_name(cast.actor("learner"), cast.course)
    with pytest.raises(Denied):
        set_forum(actor=cast.actor("learner"), course=cast.course, anonymous_allowed=True)


def test_staff_write_under_their_names(hidden: Cast) -> None:
    with pytest.raises(Invalid):
        begin(hidden, "instructor", anonymous=True)


def test_a_pseudonym_is_one_per_person_and_thread(hidden: Cast) -> None:
    root = begin(hidden, anonymous=True)
    answer(hidden, "learner2", root, "b", anonymous=True)
    answer(hidden, "learner", root, "c", anonymous=True)
    answer(hidden, "learner", root, "d")
    rows = ForumPost.objects.order_by("seq")
    assert list(rows.values_list("anonymous", flat=True)) == [1, 2, 1, None]
    elsewhere = begin(hidden, "learner2", title="Elsewhere", anonymous=True)
    assert elsewhere.anonymous == 1


@pytest.mark.parametrize("who", ["learner2", "assistant", "instructor", "admin"])
def test_no_page_or_file_tells_the_name(hidden: Cast, who: str) -> None:
    root = begin(hidden, title="Asked", anonymous=True)
    reply = answer(hidden, "learner", root, "zebra", anonymous=True)
    slug = hidden.course.slug
    client = api(hidden, who)
    thread, base = root.thread.public_id, f"/c/{slug}/discuss"
    for path in (
        f"{base}/",
        f"{base}/?q=zebra",
        f"{base}/t/{thread}/",
        f"{base}/p/{reply.public_id}/report/",
    ):
        text = client.get(path).content.decode()
        assert "Anonymous 1" in text or "report" in path
        assert [word for word in secret(hidden) if word in text] == []


@pytest.mark.django_db(transaction=True)  # figures are made of what is committed
def test_no_figure_of_a_learner_tells_that_they_wrote(hidden: Cast) -> None:
    root = begin(hidden, anonymous=True)
    answer(hidden, "learner", root, anonymous=True)
    answer(hidden, "learner2", root)
    drain()
    figures = LearnerFeature.objects.filter(messages__gt=0).values_list("user", flat=True)
    assert list(figures) == [hidden.people["learner2"].pk]
    days = DailyActivity.objects.values_list("user", flat=True)
    assert list(days) == [hidden.people["learner2"].pk]


def test_staff_learn_the_name_by_an_act_that_is_recorded(hidden: Cast) -> None:
    root = begin(hidden, anonymous=True)
    with pytest.raises(Denied):
        reveal_author(actor=hidden.actor("learner2"), post=root)
    assert reveal_author(actor=hidden.actor("assistant"), post=root) == hidden.people["learner"]
    (told,) = events_of("realtime.post_author_revealed")
    assert (told["post_id"], told["actor_id"]) == (root.pk, hidden.people["assistant"].pk)
    url = f"/c/{hidden.course.slug}/discuss/p/{root.public_id}/do/reveal/"
    assert api(hidden, "learner2").post(url).status_code == 403
    page = api(hidden, "instructor").post(url)
    assert hidden.people["learner"].name in page.content.decode()
    assert len(events_of("realtime.post_author_revealed")) == 2


def test_no_notification_tells_the_name(hidden: Cast) -> None:
    name = hidden.people["learner2"].name
    root = begin(hidden, "learner2", title="Named")
    reply = answer(hidden, "learner", root, f"@{name} look", anonymous=True)
    assert tell_post(post_id=reply.pk) == 1
    run_jobs()
    row = Notification.objects.get(user=hidden.people["learner2"])
    said = f"{words_of(row)} {row.args} {row.url} {row.key}"
    assert row.kind == "forum_mention"
    assert [word for word in secret(hidden) if word in said] == []


def test_the_export_of_staff_has_the_pseudonym(hidden: Cast) -> None:
    begin(hidden, title="=1+1", body="zebra", anonymous=True)
    for kind in ("csv", "json"):
        answer_ = forum_export(hidden.actor("instructor"), hidden.course, kind)
        text = b"".join(answer_.streaming_content).decode()  # type: ignore[arg-type]
        assert "zebra" in text
        assert "Anonymous 1" in text
        assert [word for word in secret(hidden) if word in text] == []
        assert kind == "csv" or json.loads(text)["posts"][0]["title"] == "=1+1"
        assert kind == "json" or "'=1+1" in text


def test_a_peers_own_copy_of_their_data_names_nobody(hidden: Cast) -> None:
    root = begin(hidden, anonymous=True)
    answer(hidden, "learner2", root, "mine")
    person = hidden.people["learner2"]
    with export_person(actor=hidden.actor("learner2"), person=person) as out:
        archive = zipfile.ZipFile(io.BytesIO(out.read()))
    text = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "mine" in text
    assert [word for word in secret(hidden) if word in text] == []


def test_whoever_wrote_it_is_told_that_it_is_theirs(hidden: Cast) -> None:
    root = begin(hidden, anonymous=True)
    for who, mine in (("learner", True), ("learner2", False)):
        actor = hidden.actor(who)
        thread = any_thread(actor, root.thread.public_id)
        (line,) = lines_of(actor, hidden.course, posts_of(actor, thread))
        assert (line.face.mine, line.face.id, line.face.name) == (mine, "", "Anonymous 1")
    assert Faces(hidden.actor("learner2"), hidden.course).of(None, None).name == "Deleted account"
    assert ForumFollow.objects.get().user == hidden.people["learner"]
