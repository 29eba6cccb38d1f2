"""Posts of forums through the API."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import require
from realtime.api.forum import ID, READERS, STAFF
from realtime.api.forum_shapes import (
    AuthorSerializer,
    EditPostSerializer,
    ForumPostSerializer,
    PostReasonSerializer,
    PostRevisionSerializer,
    PromotePostSerializer,
    ReportPostSerializer,
    SettledPostSerializer,
    SettlePostSerializer,
    SwitchSerializer,
    post_body,
)
from realtime.models import ForumPost
from realtime.queries.forum_thread import any_post, earlier_words, lines_of
from realtime.rules.forum import EDIT_POST, KEEP_POST, PROMOTE_POST
from realtime.services.forum_editing import delete_post, edit_post, mark_helpful
from realtime.services.forum_keeping import (
    promote_post,
    report_post,
    reveal_author,
    settle_post,
)

WRITERS = "the author; assistants and instructors of the course; admins"


class ForumPostViewSet(KernelViewSet):
    """Posts of a course's forum."""

    permission_words = {
        "retrieve": READERS,
        "partial_update": WRITERS,
        "destroy": WRITERS,
        "helpful": READERS,
        "report": READERS,
        "settle": STAFF,
        "reveal": STAFF,
        "history": STAFF,
        "promote": "instructors of the course; admins",
    }

    @extend_schema(parameters=[ID], responses=ForumPostSerializer)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """A post as you may see it, with who wrote it."""
        return self._answer(any_post(self.actor, id))

    @extend_schema(parameters=[ID], request=EditPostSerializer, responses=ForumPostSerializer)
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Give a post other words; the earlier ones are kept for staff, for 90 days."""
        row = any_post(self.actor, id)
        require(self.actor, EDIT_POST, row)
        data = EditPostSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        edit_post(actor=self.actor, post=row, **data.validated_data)
        return self._answer(any_post(self.actor, id))

    @extend_schema(
        parameters=[ID], request=PostReasonSerializer, responses={200: ForumPostSerializer}
    )
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Take a post's words away; with the first post the whole thread goes."""
        row = any_post(self.actor, id)
        require(self.actor, EDIT_POST, row)
        data = PostReasonSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        return self._answer(delete_post(actor=self.actor, post=row, **data.validated_data))

    @extend_schema(parameters=[ID], request=SwitchSerializer, responses=ForumPostSerializer)
    @action(detail=True, methods=["post"])
    def helpful(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Say that a post helped, or take that back."""
        row = any_post(self.actor, id)
        data = SwitchSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        mark_helpful(actor=self.actor, post=row, **data.validated_data)
        return self._answer(any_post(self.actor, id))

    @extend_schema(parameters=[ID], request=ReportPostSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def report(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Ask the people who teach to look at a post; only they see that you did."""
        row = any_post(self.actor, id)
        data = ReportPostSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        report_post(actor=self.actor, post=row, **data.validated_data)
        return Response(status=204)

    @extend_schema(parameters=[ID], request=SettlePostSerializer, responses=SettledPostSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Close the reports of a post, and take it away if so wished."""
        row = any_post(self.actor, id)
        require(self.actor, KEEP_POST, row)
        data = SettlePostSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        count = settle_post(actor=self.actor, post=row, **data.validated_data)
        return Response({"settled": count})

    @extend_schema(parameters=[ID], request=None, responses=AuthorSerializer)
    @action(detail=True, methods=["post"])
    def reveal(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Look who wrote a post without their name; that you looked is recorded."""
        person = reveal_author(actor=self.actor, post=any_post(self.actor, id))
        found = (None, None) if person is None else (person.public_id, person.display_name)
        return Response({"id": found[0], "name": found[1]})

    @extend_schema(parameters=[ID], responses=PostRevisionSerializer(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def history(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """What a post said before, oldest first."""
        rows = earlier_words(self.actor, any_post(self.actor, id))
        return Response(PostRevisionSerializer(rows, many=True).data)

    @extend_schema(parameters=[ID], request=PromotePostSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def promote(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Make a post an answer for everybody, which the course's tutor cites."""
        row = any_post(self.actor, id)
        require(self.actor, PROMOTE_POST, row)
        data = PromotePostSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        promote_post(actor=self.actor, post=row, **data.validated_data)
        return Response(status=204)

    def _answer(self, row: ForumPost) -> Response:
        (line,) = lines_of(self.actor, row.thread.course, [row])
        return Response(post_body(line))
