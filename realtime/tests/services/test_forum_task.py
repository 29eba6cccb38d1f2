"""Graded discussions: what counts, what is seen first, marks in the gradebook."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from assessments.models import Grade, GradeItem
from assessments.services.gradebook import delete_item
from lms.kernel import clock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.testing import assert_constant_queries
from realtime.enums import ThreadShow
from realtime.models import ForumPost, ForumTask, ForumThread
from realtime.queries.forum import Wish, threads_of
from realtime.queries.forum_task import Progress, marks_of, progress_of
from realtime.queries.forum_thread import must_write_first, posts_of
from realtime.services.forum_editing import delete_post, edit_post
from realtime.services.forum_keeping import set_forum
from realtime.services.forum_occasions import tell_post
from realtime.services.forum_task import TaskWish, drop_task, mark_learner, set_task
from realtime.tests.factories import Cast, answer, begin, enrol, person

pytestmark = [pytest.mark.django_db, pytest.mark.services]
DUE = timedelta(days=1)


def graded(cast: Cast, **wish: object) -> ForumPost:
    root = begin(cast, "instructor", title="Discuss")
    given = {"points": Decimal(10), "due_at": clock.now() + DUE, **wish}
    set_task(actor=cast.actor("instructor"), thread=root.thread, wish=TaskWish(**given))  # type: ignore[arg-type]
    return root


def fresh(post: ForumPost) -> ForumPost:
    return ForumPost.objects.select_related("thread__course").get(pk=post.pk)


def far(cast: Cast, who: str, root: ForumPost) -> Progress:
    found = progress_of(cast.actor(who), fresh(root).thread)
    assert found is not None
    return found


def test_a_task_makes_a_column_and_counts_what_is_written_in_time(cast: Cast) -> None:
    root = graded(cast)
    item = GradeItem.objects.get(title="Discuss")
    assert (item.kind, item.max_score) == ("manual", Decimal(10))
    own = answer(cast, "learner", root)
    peer = answer(cast, "learner2", root)
    answer(cast, "learner", root, "to myself", parent=own.public_id)
    assert (far(cast, "learner", root).posts, far(cast, "learner", root).replies) == (1, 0)
    first = answer(cast, "learner", root, "one", parent=peer.public_id)
    answer(cast, "learner", root, "two", parent=peer.public_id)
    assert far(cast, "learner", root).met
    delete_post(actor=cast.actor("learner"), post=fresh(first))
    assert not far(cast, "learner", root).met
    with clock.travel(clock.now() + DUE + timedelta(minutes=1)):
        late = answer(cast, "learner", root, "late", parent=peer.public_id)
        found = far(cast, "learner", root)
        assert (found.replies, found.met, found.over) == (1, False, True)
        with pytest.raises(Conflict, match="due date is past"):
            edit_post(actor=cast.actor("learner"), post=fresh(own), body="Much more")
        edit_post(actor=cast.actor("learner"), post=fresh(late), body="Later words")
    assert progress_of(cast.actor("instructor"), fresh(root).thread) is None


def test_authors_take_nothing_from_under_a_grade(cast: Cast) -> None:
    root, author = graded(cast), cast.actor("learner")
    kept, gone = answer(cast, "learner", root, "kept"), answer(cast, "learner", root, "gone")
    delete_post(actor=author, post=fresh(gone))
    with clock.travel(clock.now() + 2 * DUE), pytest.raises(Conflict, match="due date") as refused:
        delete_post(actor=author, post=fresh(kept))
    assert refused.value.code == "past_due"
    learner, thread = cast.people["learner"], fresh(root).thread
    mark_learner(actor=cast.actor("assistant"), thread=thread, learner=learner, score=Decimal(3))
    for act in (
        lambda: delete_post(actor=author, post=fresh(kept)),
        lambda: edit_post(actor=author, post=fresh(kept), body="Nothing"),
    ):
        with pytest.raises(Conflict, match="being marked"):
            act()
    assert fresh(kept).body == "kept"
    delete_post(actor=cast.actor("assistant"), post=fresh(kept), reason="Rude")
    assert fresh(kept).deleted_at is not None


@pytest.mark.parametrize("year", [1, 9999])
def test_a_due_date_that_no_clock_shows_is_refused(cast: Cast, year: int) -> None:
    with pytest.raises(Invalid) as problem:
        graded(cast, due_at=datetime(year, 1, 1, tzinfo=UTC))
    assert list(problem.value.errors) == ["due_at"]
    assert not ForumTask.objects.exists()


def test_only_instructors_grade_a_thread_and_assistants_mark(cast: Cast) -> None:
    root = begin(cast)
    wish = TaskWish(points=Decimal(5))
    for who in ("learner", "assistant"):
        with pytest.raises(Denied):
            set_task(actor=cast.actor(who), thread=root.thread, wish=wish)
    set_task(actor=cast.actor("instructor"), thread=root.thread, wish=wish)
    bad = TaskWish(points=Decimal(5), posts_needed=51)
    with pytest.raises(Invalid):
        set_task(actor=cast.actor("instructor"), thread=root.thread, wish=bad)
    learner = cast.people["learner"]
    mark = {"thread": fresh(root).thread, "learner": learner, "score": Decimal("4.5")}
    with pytest.raises(Denied):
        mark_learner(actor=cast.actor("learner2"), **mark)  # type: ignore[arg-type]
    mark_learner(actor=cast.actor("assistant"), **mark)  # type: ignore[arg-type]
    grade = Grade.objects.get()
    assert (grade.score, grade.learner, grade.released) == (Decimal("4.5"), learner, False)
    with pytest.raises(NotFound):
        mark_learner(
            actor=cast.actor("assistant"),
            thread=fresh(root).thread,
            learner=cast.people["outsider"],
            score=Decimal(1),
        )


def test_who_must_write_first_sees_the_first_post_alone(cast: Cast) -> None:
    root = graded(cast, post_first=True)
    reply = answer(cast, "learner2", root, "zebra")
    thread = fresh(root).thread
    actor = cast.actor("learner")

    def seen() -> list[str]:
        return [row.body for row in posts_of(actor, thread)]

    assert must_write_first(actor, thread)
    assert seen() == ["Tell me."]
    assert list(threads_of(actor, cast.course, Wish(text="zebra"))) == []
    assert tell_post(post_id=reply.pk) == 1  # the instructor, who began it
    with pytest.raises(NotFound):
        answer(cast, "learner", root, parent=reply.public_id)
    answer(cast, "learner", root, "mine")
    assert seen() == ["Tell me.", "zebra", "mine"]
    assert not must_write_first(actor, thread)


def test_a_graded_thread_has_no_nameless_posts(cast: Cast) -> None:
    teacher = cast.actor("instructor")
    set_forum(actor=teacher, course=cast.course, anonymous_allowed=True)
    root = graded(cast)
    with pytest.raises(Invalid, match="graded"):
        answer(cast, "learner", root, anonymous=True)
    asked = begin(cast, anonymous=True)
    with pytest.raises(Conflict, match="without their name"):
        set_task(actor=teacher, thread=asked.thread, wish=TaskWish(points=Decimal(1)))


def test_a_task_goes_with_its_column_unless_there_are_grades(cast: Cast) -> None:
    teacher = cast.actor("instructor")
    empty, full = graded(cast), begin(cast, "instructor", title="Full")
    set_task(actor=teacher, thread=full.thread, wish=TaskWish(points=Decimal(2)))
    mark_learner(
        actor=teacher,
        thread=fresh(full).thread,
        learner=cast.people["learner"],
        score=Decimal(2),
    )
    for root in (empty, full):
        drop_task(actor=teacher, thread=fresh(root).thread)
    assert list(GradeItem.objects.values_list("title", flat=True)) == ["Full"]
    assert not ForumTask.objects.exists()


def test_a_column_removed_in_the_gradebook_can_be_made_again(cast: Cast) -> None:
    root, teacher = graded(cast), cast.actor("instructor")
    delete_item(actor=teacher, item=GradeItem.objects.select_related("course").get())
    with pytest.raises(Conflict, match="removed"):
        mark_learner(
            actor=teacher,
            thread=fresh(root).thread,
            learner=cast.people["learner"],
            score=Decimal(2),
        )
    set_task(actor=teacher, thread=fresh(root).thread, wish=TaskWish(points=Decimal(3)))
    assert GradeItem.objects.get().max_score == 3
    set_task(actor=teacher, thread=fresh(root).thread, wish=TaskWish(points=Decimal(4)))
    assert GradeItem.objects.get().max_score == 4


def test_marking_costs_the_same_queries_with_more_learners(cast: Cast) -> None:
    root = graded(cast)
    answer(cast, "learner", root)
    actor = cast.actor("instructor")
    thread = ForumThread.objects.select_related("course", "group").get(pk=root.thread_id)

    def act() -> object:
        page, _task = marks_of(actor, thread, None)
        return [(one.learner.name, one.progress.met, one.posts) for one in page.object_list]

    assert_constant_queries(act, lambda: enrol(person("More"), cast.course))
    page, _task = marks_of(actor, thread, None)
    counts = {one.learner: one.progress.posts for one in page.object_list}
    assert counts[cast.people["learner"]] == 1
    assert [row.title for row in threads_of(actor, cast.course, Wish(show=ThreadShow.MINE))] == [
        "Discuss"
    ]
