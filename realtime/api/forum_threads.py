"""Threads of forums through the API: reading, beginning, replying, solving, keeping order."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.shapes import needed
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, idempotent
from lms.kernel.rules import fetch, require
from realtime.api.examples import THREAD
from realtime.api.forum import COURSE, ID, READERS, STAFF
from realtime.api.forum_shapes import (
    MOST_SEQ,
    ForumPostSerializer,
    ForumThreadSerializer,
    MoveThreadSerializer,
    NewPostSerializer,
    NewThreadSerializer,
    ReadThreadSerializer,
    SolveThreadSerializer,
    SwitchSerializer,
    ThreadNewsSerializer,
    post_body,
    thread_body,
)
from realtime.enums import ThreadKind, ThreadShow
from realtime.models import ForumThread
from realtime.queries.chat import course_with_room
from realtime.queries.forum import ORDERINGS, Faces, Wish, threads_of
from realtime.queries.forum_thread import any_thread, lines_of, news_of, posts_of
from realtime.rules.forum import KEEP_THREAD, SOLVE_THREAD, VIEW_BOARD, VIEW_POST
from realtime.services.forum import NewThread, start_thread, write_post
from realtime.services.forum_editing import solve_thread
from realtime.services.forum_keeping import lock_thread, move_thread, pin_thread, restore_thread
from realtime.services.forum_reading import follow_thread, read_thread

SHOW = OpenApiParameter(
    "show",
    OpenApiTypes.STR,
    enum=ThreadShow.values,
    description="Which threads; `deleted` is for the people who teach. All without it.",
)
BOARD = OpenApiParameter("board", OpenApiTypes.STR, description="Threads of this board alone.")
KIND = OpenApiParameter(
    "kind", OpenApiTypes.STR, enum=ThreadKind.values, description="Only questions, or only talk."
)
SEARCH = OpenApiParameter("search", OpenApiTypes.STR, description="Words; solved ones come first.")
ORDER = OpenApiParameter(
    "ordering",
    OpenApiTypes.STR,
    enum=[name for name in ORDERINGS if name],
    description="With - from the latest or most; the last post first without it.",
)
AFTER = OpenApiParameter("after", OpenApiTypes.INT, description="The number you have.")


class ForumThreadViewSet(KernelViewSet):
    """Threads of a course's forum."""

    permission_words = {
        "list": READERS,
        "retrieve": READERS,
        "create": READERS,
        "posts": READERS,
        "reply": READERS,
        "news": READERS,
        "read": READERS,
        "follow": READERS,
        "solve": "whoever asked; assistants and instructors of the course; admins",
        "pin": STAFF,
        "lock": STAFF,
        "move": STAFF,
        "restore": STAFF,
    }

    @extend_schema(
        parameters=[COURSE, SHOW, BOARD, KIND, SEARCH, ORDER],
        responses=ForumThreadSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """The threads you may read, pinned ones first."""
        course = course_with_room(self.actor, public_id=needed(request, "course"))
        asked = request.query_params
        wish = Wish(
            show=asked.get("show") or ThreadShow.ALL,
            board=asked.get("board", ""),
            kind=asked.get("kind", ""),
            text=asked.get("search", "")[:200],
            ordering=asked.get("ordering", ""),
        )
        pages = Pages()
        rows = threads_of(self.actor, course, wish).select_related("solved_post")
        page = pages.paginate_queryset(rows, request) or []
        faces = Faces(self.actor, course)
        return pages.get_paginated_response([thread_body(faces, row) for row in page])

    @extend_schema(parameters=[ID], responses=ForumThreadSerializer)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """A thread, and how far you have read it."""
        return self._answer(any_thread(self.actor, id))

    @extend_schema(
        request=NewThreadSerializer,
        responses={200: ForumThreadSerializer, 201: ForumThreadSerializer},
        examples=THREAD,
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Begin a thread: 201, or 200 with the first answer when your `client_id` was stored."""
        given = request.data.get("course") if isinstance(request.data, dict) else None
        if not isinstance(given, str) or not given:
            raise Invalid("Name the course.", field="course")
        course = course_with_room(self.actor, public_id=given[:40])
        data = NewThreadSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        fields = {name: value for name, value in data.validated_data.items() if name != "course"}
        done = start_thread(actor=self.actor, course=course, new=NewThread(**fields))
        return self._answer(done.post.thread, status=201 if done.fresh else 200)

    @extend_schema(parameters=[ID], responses=ForumPostSerializer(many=True))
    @action(detail=True, methods=["get"])
    def posts(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Posts of a thread in the order of the tree, the first one first."""
        row = any_thread(self.actor, id)
        pages = Pages()
        page = pages.paginate_queryset(posts_of(self.actor, row), request) or []
        lines = lines_of(self.actor, row.course, page)
        return pages.get_paginated_response([post_body(line) for line in lines])

    @extend_schema(
        parameters=[ID],
        request=NewPostSerializer,
        responses={200: ForumPostSerializer, 201: ForumPostSerializer},
    )
    @posts.mapping.post
    @idempotent
    def reply(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Reply in a thread: 201, or 200 with the first answer when your `client_id` was stored."""
        row = any_thread(self.actor, id)
        data = NewPostSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        given = dict(data.validated_data)
        parent = given.pop("reply_to")
        done = write_post(actor=self.actor, thread=row, parent=parent, **given)
        (line,) = lines_of(self.actor, row.course, [done.post])
        return Response(post_body(line), status=201 if done.fresh else 200)

    @extend_schema(parameters=[ID, AFTER], responses=ThreadNewsSerializer)
    @action(detail=True, methods=["get"])
    def news(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """What others wrote after a number; poll it."""
        row = any_thread(self.actor, id)
        text = request.query_params.get("after", "0")
        if not (text.isascii() and text.isdigit() and int(text[:12]) <= MOST_SEQ):
            raise Invalid("Give a whole number from 0.", field="after")
        found = news_of(self.actor, row, int(text[:12]))
        return Response({"count": found.count, "last_seq": found.last_seq})

    @extend_schema(parameters=[ID], request=ReadThreadSerializer, responses=ReadThreadSerializer)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Say up to which number you have read a thread; the number only grows."""
        row = any_thread(self.actor, id)
        data = ReadThreadSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        return Response({"seq": read_thread(actor=self.actor, thread=row, **data.validated_data)})

    @extend_schema(parameters=[ID], request=SwitchSerializer, responses=SwitchSerializer)
    @action(detail=True, methods=["post"])
    def follow(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Be told of replies, or no longer."""
        row = any_thread(self.actor, id)
        return Response({"on": follow_thread(actor=self.actor, thread=row, on=_on(request))})

    @extend_schema(parameters=[ID], request=SolveThreadSerializer, responses=ForumThreadSerializer)
    @action(detail=True, methods=["post"])
    def solve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Say which reply solved the question, or that none did."""
        row = any_thread(self.actor, id)
        require(self.actor, SOLVE_THREAD, row)
        data = SolveThreadSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        wanted = data.validated_data["post"]
        posts = VIEW_POST.rows(self.actor).filter(thread=row)
        post = posts.filter(public_id=wanted).first() if wanted else None
        if wanted and post is None:
            raise NotFound
        solve_thread(actor=self.actor, thread=row, post=post)
        return self._answer(any_thread(self.actor, id))

    @extend_schema(parameters=[ID], request=SwitchSerializer, responses=ForumThreadSerializer)
    @action(detail=True, methods=["post"])
    def pin(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Keep a thread at the top, or no longer."""
        row = any_thread(self.actor, id)
        require(self.actor, KEEP_THREAD, row)
        pin_thread(actor=self.actor, thread=row, on=_on(request))
        return self._answer(any_thread(self.actor, id))

    @extend_schema(parameters=[ID], request=SwitchSerializer, responses=ForumThreadSerializer)
    @action(detail=True, methods=["post"])
    def lock(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Let a thread only be read, or written in again."""
        row = any_thread(self.actor, id)
        require(self.actor, KEEP_THREAD, row)
        lock_thread(actor=self.actor, thread=row, on=_on(request))
        return self._answer(any_thread(self.actor, id))

    @extend_schema(parameters=[ID], request=MoveThreadSerializer, responses=ForumThreadSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Move a thread to another board of its course."""
        row = any_thread(self.actor, id)
        require(self.actor, KEEP_THREAD, row)
        data = MoveThreadSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        board = fetch(
            self.actor, VIEW_BOARD, public_id=data.validated_data["board"], course=row.course
        )
        move_thread(actor=self.actor, thread=row, board=board)
        return self._answer(any_thread(self.actor, id))

    @extend_schema(parameters=[ID], request=None, responses=ForumThreadSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Bring a thread back that staff took away; `?show=deleted` lists these."""
        row = any_thread(self.actor, id)
        restore_thread(actor=self.actor, thread=row)
        return self._answer(any_thread(self.actor, id))

    def _answer(self, row: ForumThread, status: int = 200) -> Response:
        found = threads_of(self.actor, row.course).filter(pk=row.pk).select_related("solved_post")
        shown = found.first() or row
        return Response(thread_body(Faces(self.actor, row.course), shown), status=status)


def _on(request: Request) -> bool:
    data = SwitchSerializer(data=request.data)
    data.is_valid(raise_exception=True)
    return bool(data.validated_data["on"])
