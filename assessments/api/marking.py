"""Marking through the API."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import Lines, score_field
from assessments.api.quiz_shapes import CountOut
from assessments.models import Mark, WorkComment
from assessments.queries.assignment import assignment
from assessments.queries.marking import (
    comment_on,
    comments_on,
    other_marks,
    outcome_of,
    own_mark,
    shown_to_authors,
    to_mark,
)
from assessments.queries.submission import file_of, submission, versions_of
from assessments.rules import EDIT_ASSIGNMENT, MARK_SUBMISSION, SEE_SUBMISSIONS, is_author
from assessments.scoring.rubric import MAX_CRITERIA, picks_of
from assessments.services.comments import MAX_BODY, Place, add_comment, remove_comment
from assessments.services.marking import (
    MAX_REASON,
    MAX_WORDS,
    Judgement,
    agree_mark,
    save_mark,
)
from assessments.services.returning import ask_revision, release_marks
from courses.api.shapes import ID, IF_MATCH, checked
from courses.rules import MANAGE_COURSE
from lms.kernel.rest.views import KernelViewSet, expected_version, versioned
from lms.kernel.rules import require

COMMENT_ID: Final = OpenApiParameter("comment_id", OpenApiTypes.STR, OpenApiParameter.PATH)


class PickShape(serializers.Serializer[Any]):
    """What a criterion gets: a level, other points, a note."""

    level = serializers.CharField(max_length=22, allow_blank=True, default="")
    points = serializers.DecimalField(max_digits=9, decimal_places=4, allow_null=True, default=None)
    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class MarkIn(serializers.Serializer[Any]):
    """A marker's mark; without `score` it is the rubric's sum. `picks` are by criterion's id."""

    picks = serializers.DictField(child=PickShape(), default=dict)
    score = score_field(allow_null=True, default=None)
    feedback = serializers.CharField(max_length=MAX_WORDS, allow_blank=True, default="")
    private_note = serializers.CharField(max_length=MAX_WORDS, allow_blank=True, default="")
    done = serializers.BooleanField(default=False)


class MarkOut(serializers.Serializer[Any]):
    """A mark. `role` is first or second, `marker` a person's id."""

    role = serializers.CharField()
    marker = serializers.CharField()
    picks = serializers.DictField(child=PickShape())
    score = score_field(allow_null=True)
    feedback = serializers.CharField(allow_blank=True)
    private_note = serializers.CharField(allow_blank=True)
    done = serializers.BooleanField()
    version = serializers.IntegerField()


class MarkingOut(serializers.Serializer[Any]):
    """Your mark, those of others that you may read by now, and what they come to."""

    own = MarkOut(allow_null=True)
    others = MarkOut(many=True)
    mark = score_field(allow_null=True)
    taken = score_field(allow_null=True)
    score = score_field(allow_null=True)
    words = serializers.CharField(allow_blank=True)
    released = serializers.BooleanField()


class AgreeIn(serializers.Serializer[Any]):
    """The mark that counts, and why."""

    score = score_field()
    reason = serializers.CharField(max_length=MAX_REASON)


class CommentIn(serializers.Serializer[Any]):
    """A remark: on characters `start` to `end` of the text, or on a page of a file."""

    body = serializers.CharField(max_length=MAX_BODY)
    version = serializers.IntegerField(min_value=1)
    start = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    end = serializers.IntegerField(min_value=0, allow_null=True, default=None)
    file = serializers.CharField(max_length=22, allow_blank=True, default="")
    page = serializers.IntegerField(min_value=1, allow_null=True, default=None)
    x = serializers.IntegerField(min_value=0, max_value=100, allow_null=True, default=None)
    y = serializers.IntegerField(min_value=0, max_value=100, allow_null=True, default=None)
    keep = serializers.BooleanField(default=False)


class CommentOut(serializers.Serializer[Any]):
    """A remark of a marker."""

    id = serializers.CharField()
    version = serializers.IntegerField()
    marker = serializers.CharField()
    body = serializers.CharField()
    start = serializers.IntegerField(allow_null=True)
    end = serializers.IntegerField(allow_null=True)
    file = serializers.CharField(allow_null=True)
    page = serializers.IntegerField(allow_null=True)
    x = serializers.IntegerField(allow_null=True)
    y = serializers.IntegerField(allow_null=True)


class ReturnedOut(serializers.Serializer[Any]):
    """What the authors were given at the last release; null before."""

    returned = serializers.DictField(allow_null=True)


class ReleaseIn(serializers.Serializer[Any]):
    """Which submissions; all that are marked when empty."""

    submissions = serializers.ListField(
        child=serializers.CharField(max_length=22), default=list, max_length=1000
    )


class MarkingViewSet(KernelViewSet):
    """Marks of submissions."""

    permission_words = {
        "marking": "the course's staff; two markers do not see each other's before both are done",
        "save": "the course's staff, but not of their own work",
        "agree": "the course's instructors",
        "revise": "the course's staff, but not of their own work",
        "comments": "the course's staff",
        "comment": "the course's staff, but not on their own work",
        "uncomment": "the marker who wrote it",
        "returned": "its authors; the course's staff",
    }

    @extend_schema(parameters=[ID], responses=MarkingOut)
    @action(detail=True, methods=["get"], url_path="marking")
    def marking(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Marks of a submission and what they come to."""
        return Response(self._marking(id))

    @extend_schema(parameters=[ID, IF_MATCH], request=MarkIn, responses=MarkingOut)
    @marking.mapping.put
    def save(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Keep your mark of a submission; `done` hands it over."""
        row = submission(self.actor, id)
        require(self.actor, MARK_SUBMISSION, row)
        fields = checked(MarkIn, request)
        done = fields.pop("done")
        picks = picks_of(fields.pop("picks"))
        mark = save_mark(
            actor=self.actor,
            submission=row,
            judgement=Judgement(picks=picks, **fields),
            done=done,
            expected=expected_version(request),
        )
        return versioned(self._marking(id), mark.version)

    @extend_schema(parameters=[ID], request=AgreeIn, responses=MarkingOut)
    @action(detail=True, methods=["post"])
    def agree(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The mark that counts where two differ."""
        row = submission(self.actor, id)
        require(self.actor, MARK_SUBMISSION, row)
        require(self.actor, MANAGE_COURSE, row.course)
        agree_mark(actor=self.actor, submission=row, **checked(AgreeIn, request))
        return Response(self._marking(id))

    @extend_schema(parameters=[ID], request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def revise(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Give a submission back to be revised, with the comments so far."""
        ask_revision(actor=self.actor, submission=submission(self.actor, id))
        return Response(status=204)

    @extend_schema(parameters=[ID], responses=CommentOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def comments(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Remarks on every version that you may read."""
        row = submission(self.actor, id)
        require(self.actor, SEE_SUBMISSIONS, row.assignment)
        found: Lines = []
        for work in versions_of(row):
            found += [comment_data(one, work.number) for one in comments_on(self.actor, work)]
        return Response(found)

    @extend_schema(parameters=[ID], request=CommentIn, responses={201: CommentOut})
    @comments.mapping.post
    def comment(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Remark on a place of a version."""
        row = submission(self.actor, id)
        require(self.actor, MARK_SUBMISSION, row)
        fields = checked(CommentIn, request)
        works = {work.number: work for work in versions_of(row)}
        work = works.get(fields.pop("version")) or works[max(works)]
        named_file = fields.pop("file")
        body, keep = fields.pop("body"), fields.pop("keep")
        file = file_of(self.actor, row, named_file) if named_file else None
        place = Place(file=file, **fields)
        made = add_comment(actor=self.actor, work=work, body=body, place=place, keep=keep)
        return Response(comment_data(made, work.number), 201)

    @extend_schema(parameters=[ID, COMMENT_ID], request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path="comments/(?P<comment_id>[^/]+)")
    def uncomment(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        comment_id: str,
    ) -> Response:
        """Take your own remark back."""
        row = submission(self.actor, id)
        require(self.actor, MARK_SUBMISSION, row)
        remove_comment(actor=self.actor, comment=comment_on(self.actor, row, comment_id))
        return Response(status=204)

    @extend_schema(parameters=[ID], responses=ReturnedOut)
    @action(detail=True, methods=["get"])
    def returned(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Grade, rubric, feedback and comments as they were released."""
        row = submission(self.actor, id)
        if not is_author(self.actor, row):
            require(self.actor, SEE_SUBMISSIONS, row.assignment)
        return Response({"returned": shown_to_authors(row)})

    def _marking(self, public_id: str) -> dict[str, Any]:
        row = submission(self.actor, public_id)
        require(self.actor, SEE_SUBMISSIONS, row.assignment)
        mine, outcome = own_mark(self.actor, row), outcome_of(row)
        others = [one for one in other_marks(self.actor, row) if mine is None or one.pk != mine.pk]
        return {
            "own": mark_data(mine) if mine else None,
            "others": [mark_data(one) for one in others],
            "mark": outcome.mark if outcome else None,
            "taken": outcome.taken if outcome else None,
            "score": outcome.score if outcome else None,
            "words": outcome.words if outcome else "",
            "released": bool(outcome and outcome.released),
        }


class ReleaseViewSet(KernelViewSet):
    """Giving marked work back."""

    permission_words = {"release": "the course's instructors"}

    @extend_schema(parameters=[ID], request=ReleaseIn, responses=CountOut)
    @action(detail=True, methods=["post"])
    def release(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Show authors grade, rubric and comments of what is marked."""
        row = assignment(self.actor, id)
        require(self.actor, EDIT_ASSIGNMENT, row)
        named = checked(ReleaseIn, request)["submissions"]
        rows = to_mark(self.actor, row)
        chosen = rows.filter(public_id__in=named) if named else None
        count = release_marks(actor=self.actor, assignment=row, submissions=chosen)
        return Response({"changed": count})


def mark_data(mark: Mark) -> dict[str, Any]:
    """The JSON of a mark."""
    return {
        "role": mark.role,
        "marker": mark.marker.public_id,
        "picks": dict(list(mark.picks.items())[:MAX_CRITERIA]),
        "score": mark.score,
        "feedback": mark.feedback,
        "private_note": mark.private_note,
        "done": mark.done,
        "version": mark.version,
    }


def comment_data(one: WorkComment, version: int) -> dict[str, Any]:
    """The JSON of a remark."""
    return {
        "id": one.public_id,
        "version": version,
        "marker": one.marker.public_id,
        "body": one.body,
        "start": one.start,
        "end": one.end,
        "file": one.file.public_id if one.file else None,
        "page": one.page,
        "x": one.x,
        "y": one.y,
    }
