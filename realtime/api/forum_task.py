"""Graded discussions through the API: what is asked, how far one is, marks."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import paged_together
from assessments.queries.book import points_of
from courses.api.shapes import PAGING, needed
from lms.kernel.errors import NotFound
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import require
from realtime.api.forum import COURSE, ID, READERS, STAFF
from realtime.api.forum_shapes import (
    ForumTaskSerializer,
    GradedThreadSerializer,
    TaskProgressSerializer,
    ThreadMarkedSerializer,
    ThreadMarkSerializer,
)
from realtime.models import ForumTask
from realtime.queries.chat import course_with_room
from realtime.queries.forum_task import (
    Marked,
    Progress,
    course_tasks,
    graded_learner,
    marked_learners,
    progress_in,
    progress_of,
    rows_of_marks,
)
from realtime.queries.forum_thread import any_thread
from realtime.rules.forum import GRADE_THREAD, KEEP_THREAD
from realtime.services.forum_task import TaskWish, drop_task, mark_learner, set_task

MANAGERS = "instructors of the course; admins"


class ForumTaskViewSet(KernelViewSet):
    """What is graded in a thread; its id is the thread's."""

    permission_words = {
        "list": READERS,
        "retrieve": READERS,
        "update": MANAGERS,
        "destroy": MANAGERS,
        "marks": STAFF,
        "mark": STAFF,
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=GradedThreadSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The graded discussions of a course's forum, the next due first."""
        course = course_with_room(self.actor, public_id=needed(request, "course"))

        def shape(tasks: list[ForumTask]) -> list[dict[str, Any]]:
            far = progress_in(self.actor, course, tasks)
            return [_graded(task, far.get(task.pk)) for task in tasks]

        return paged_together(request, course_tasks(self.actor, course), shape)

    @extend_schema(parameters=[ID], responses=TaskProgressSerializer)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """How far you are in a graded discussion; 404 where nothing is asked of you."""
        found = progress_of(self.actor, any_thread(self.actor, id))
        if found is None:
            raise NotFound
        return Response(TaskProgressSerializer(found).data)

    @extend_schema(parameters=[ID], request=ForumTaskSerializer, responses=ForumTaskSerializer)
    def update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Grade a thread, or ask for something else in one; it has a column of the gradebook."""
        row = any_thread(self.actor, id)
        require(self.actor, GRADE_THREAD, row)
        data = ForumTaskSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        set_task(actor=self.actor, thread=row, wish=TaskWish(**data.validated_data))
        return Response(ForumTaskSerializer(data.validated_data).data)

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Grade a thread no longer; its column goes too, unless there are grades in it."""
        drop_task(actor=self.actor, thread=any_thread(self.actor, id))
        return Response(status=204)

    @extend_schema(parameters=[ID], responses=ThreadMarkedSerializer(many=True))
    @action(detail=True, methods=["get"])
    def marks(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Each learner of a graded discussion: what they wrote in time, and their points."""
        row = any_thread(self.actor, id)
        people, task = rows_of_marks(self.actor, row)
        pages = Pages()
        page = pages.paginate_queryset(people, request) or []
        found = marked_learners(task, list(page))
        return pages.get_paginated_response([_marked(one) for one in found])

    @extend_schema(
        parameters=[ID], request=ThreadMarkSerializer, responses={200: ThreadMarkSerializer}
    )
    @marks.mapping.post
    def mark(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Give a learner their points of a graded discussion.

        They see them once the column is posted.
        """
        row = any_thread(self.actor, id)
        require(self.actor, KEEP_THREAD, row)
        data = ThreadMarkSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        learner = graded_learner(row, given.pop("learner"))
        grade = mark_learner(actor=self.actor, thread=row, learner=learner, **given)
        told = {"learner": learner.public_id, "score": grade.score, "expected": grade.version}
        return Response(ThreadMarkSerializer(told).data)


def _graded(task: ForumTask, far: Progress | None) -> dict[str, Any]:
    told = {
        "id": task.thread.public_id,
        "title": task.thread.title,
        "points": points_of(task.item) if task.item else None,
        "due_at": task.due_at,
        "posts_needed": task.posts_needed,
        "replies_needed": task.replies_needed,
        "post_first": task.thread.post_first,
        "progress": far,
    }
    return dict(GradedThreadSerializer(told).data)


def _marked(one: Marked) -> dict[str, object]:
    return {
        "learner": one.learner.public_id,
        "name": one.learner.display_name,
        "posts": one.progress.posts,
        "replies": one.progress.replies,
        "met": one.progress.met,
        "score": one.score,
        "version": one.version,
    }
