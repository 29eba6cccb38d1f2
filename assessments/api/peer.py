"""Peer review and similar works through the API."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.fields import Lines, paged_together
from assessments.api.peer_shapes import (
    AppealIn,
    AppealOut,
    DecisionIn,
    ExampleIn,
    ExampleOut,
    NeutralAccessOut,
    OwnPeerOut,
    PeerOut,
    PeerSettingsIn,
    PeerWorkOut,
    PhaseIn,
    ReviewIn,
    ScoreShape,
    SimilarOut,
    TaskOut,
    appeal_data,
    peer_data,
    received_data,
    task_data,
    task_line,
)
from assessments.api.quiz_shapes import CountOut
from assessments.enums import PeerPhase
from assessments.models import Assignment, PeerReview
from assessments.queries.assignment import assignment
from assessments.queries.dates import review_dates_for
from assessments.queries.marking import handed_in, marking_lines
from assessments.queries.peer import (
    PeerLine,
    appeal_in,
    example_in,
    own_task,
    peer_desk,
    peer_lines,
    review_of,
    reviews_received,
)
from assessments.queries.submission import own_submission, submission, versions_of
from assessments.rules import EDIT_ASSIGNMENT, SEE_SUBMISSIONS
from assessments.scoring.rubric import picks_of
from assessments.services import peer
from assessments.services.originality import SimilarWork, similar_works
from assessments.services.peer import PeerSettings
from assessments.services.private_file import grant_file
from courses.api.shapes import ID, PAGING, checked
from courses.rules import LEARN_COURSE
from lms.kernel.errors import NotFound
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import require


def _part(name: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.PATH)


APPEAL, EXAMPLE, TASK, FILE = map(_part, ("appeal_id", "example_id", "task_id", "file_id"))
ONE_TASK: Final = r"peer/tasks/(?P<task_id>[^/]+)"
ONE_EXAMPLE: Final = r"peer/examples/(?P<example_id>[^/]+)/try"


class PeerViewSet(KernelViewSet):
    """Running the peer review of an assignment."""

    permission_words = {
        "peer": "who may see the assignment",
        "set_up_peer": "the course's instructors",
        "move_peer": "the course's instructors",
        "give_out": "the course's instructors",
        "examples": "the course's instructors",
        "works": "the course's staff",
        "decide": "the course's staff, but not of their own work",
    }

    @extend_schema(parameters=[ID], responses=PeerOut)
    @action(detail=True, methods=["get"])
    def peer(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """The peer review with the dates that hold for you."""
        return self._answer(review_in(assignment(self.actor, id)))

    @extend_schema(parameters=[ID], request=PeerSettingsIn, responses=PeerOut)
    @peer.mapping.put
    def set_up_peer(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Give the assignment a peer review, or change the one it has."""
        row = self._edited(id)
        settings = PeerSettings(**checked(PeerSettingsIn, request))
        made = peer.set_up_peer_review(actor=self.actor, assignment=row, settings=settings)
        return self._answer(made)

    @extend_schema(parameters=[ID], request=PhaseIn, responses=PeerOut)
    @action(detail=True, methods=["post"], url_path="peer/phase")
    def move_peer(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Go a phase on, or back while nothing was reviewed."""
        review = review_in(self._edited(id))
        to = PeerPhase(checked(PhaseIn, request)["phase"])
        return self._answer(peer.move_phase(actor=self.actor, review=review, to=to))

    @extend_schema(parameters=[ID], request=None, responses=CountOut)
    @action(detail=True, methods=["post"], url_path="peer/give-out")
    def give_out(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Give out what came late, and what people left behind."""
        review = review_in(self._edited(id))
        return Response({"changed": peer.give_out_more(actor=self.actor, review=review)})

    @extend_schema(parameters=[ID], request=ExampleIn, responses={201: ExampleOut})
    @action(detail=True, methods=["post"], url_path="peer/examples")
    def examples(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Add an example that reviewers judge first."""
        review = review_in(self._edited(id))
        row = peer.add_example(actor=self.actor, review=review, **checked(ExampleIn, request))
        return Response({"id": row.public_id, "text": row.text}, 201)

    @extend_schema(parameters=[ID, *PAGING], responses=PeerWorkOut(many=True))
    @action(detail=True, methods=["get"], url_path="peer/works")
    def works(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Every work with its reviews; those with fewest first."""
        row = assignment(self.actor, id)
        require(self.actor, SEE_SUBMISSIONS, row)
        return paged_together(request, peer_lines(self.actor, review_in(row)), self._works)

    @extend_schema(parameters=[ID, APPEAL], request=DecisionIn, responses=AppealOut)
    @action(detail=True, methods=["post"], url_path="peer/appeals/(?P<appeal_id>[^/]+)")
    def decide(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        appeal_id: str,
    ) -> Response:
        """Answer an objection; an upheld one is settled by marking the work."""
        row = assignment(self.actor, id)
        require(self.actor, SEE_SUBMISSIONS, row)
        found = appeal_in(self.actor, review_in(row), appeal_id)
        decided = peer.decide_appeal(actor=self.actor, appeal=found, **checked(DecisionIn, request))
        return Response(appeal_data(decided))

    def _edited(self, public_id: str) -> Assignment:
        row = assignment(self.actor, public_id)
        require(self.actor, EDIT_ASSIGNMENT, row)
        return row

    def _answer(self, row: PeerReview) -> Response:
        return Response(peer_data(row, review_dates_for(row, self.actor.user_id)))

    def _works(self, lines: list[PeerLine]) -> Lines:
        named = marking_lines(self.actor, [line.submission for line in lines])
        return [
            {
                "submission": line.submission.public_id,
                "who": who.who,
                "given": line.given,
                "done": line.done,
                "appeal": appeal_data(line.appeal),
            }
            for line, who in zip(lines, named, strict=True)
        ]


class PeerReviewerViewSet(KernelViewSet):
    """Reviewing one's peers, and what they said of one's own work."""

    permission_words = {
        "own_peer": "active learners of the course",
        "judge": "active learners of the course",
        "task": "its reviewer",
        "review": "its reviewer",
        "task_file": "its reviewer",
        "appeal": "the work's authors",
    }

    @extend_schema(parameters=[ID], responses=OwnPeerOut)
    @action(detail=True, methods=["get"], url_path="peer/mine")
    def own_peer(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Works you review, examples you have yet to judge, and what came back."""
        review = self._review(id)
        desk, mine = peer_desk(self.actor, review), own_submission(self.actor, review.assignment)
        received = reviews_received(self.actor, mine) if mine else []
        named = review.show_reviewers
        return Response(
            {
                "tasks": [task_line(one) for one in desk.tasks],
                "examples": [{"id": one.public_id, "text": one.text} for one in desk.untried],
                "received": [received_data(one, named=named) for one in received],
                "appeal": appeal_data(getattr(mine, "peer_appeal", None)) if mine else None,
            }
        )

    @extend_schema(parameters=[ID, EXAMPLE], request=ScoreShape, responses=ScoreShape)
    @action(detail=True, methods=["post"], url_path=ONE_EXAMPLE)
    def judge(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        example_id: str,
    ) -> Response:
        """Score an example, once; the answer is the instructor's score."""
        example = example_in(self._review(id), example_id)
        peer.try_example(actor=self.actor, example=example, **checked(ScoreShape, request))
        return Response({"score": example.score})

    @extend_schema(parameters=[ID, TASK], responses=TaskOut)
    @action(detail=True, methods=["get"], url_path=ONE_TASK)
    def task(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        task_id: str,
    ) -> Response:
        """A work of a peer, without a name, and your review of it."""
        return Response(task_data(own_task(self.actor, self._review(id).assignment, task_id)))

    @extend_schema(parameters=[ID, TASK], request=ReviewIn, responses=TaskOut)
    @task.mapping.put
    def review(
        self,
        request: Request,
        id: str,  # noqa: A002 - the URL's word
        task_id: str,
    ) -> Response:
        """Write your review, or change it while reviews are written."""
        asked = self._review(id).assignment
        row = own_task(self.actor, asked, task_id)
        fields = checked(ReviewIn, request)
        picks = picks_of(fields.pop("picks"))
        peer.write_review(actor=self.actor, task=row, picks=picks, **fields)
        return Response(task_data(own_task(self.actor, asked, task_id)))

    @extend_schema(parameters=[ID, TASK, FILE], responses=NeutralAccessOut)
    @action(detail=True, methods=["get"], url_path=ONE_TASK + "/files/(?P<file_id>[^/]+)")
    def task_file(
        self,
        _request: Request,
        id: str,  # noqa: A002 - the URL's word
        task_id: str,
        file_id: str,
    ) -> Response:
        """A file of the work you review, under a neutral name."""
        row = own_task(self.actor, self._review(id).assignment, task_id)
        shown = {one["id"]: one for one in task_data(row)["files"]}
        files = {one.public_id: one for one in list(versions_of(row.submission))[-1].files.all()}
        if file_id not in files:
            raise NotFound
        access = grant_file(file=files[file_id], name=shown[file_id]["name"])
        return Response({**shown[file_id], "url": access.url, "expires_at": access.expires_at})

    @extend_schema(parameters=[ID], request=AppealIn, responses={201: AppealOut})
    @action(detail=True, methods=["post"], url_path="peer/appeal")
    def appeal(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Object to the reviews of your work, once; the one there is comes back."""
        mine = own_submission(self.actor, self._review(id).assignment)
        if mine is None:
            raise NotFound
        reason = checked(AppealIn, request)["reason"]
        made = peer.object_to_reviews(actor=self.actor, submission=mine, reason=reason)
        return Response(appeal_data(made), 201)

    def _review(self, public_id: str) -> PeerReview:
        row = assignment(self.actor, public_id)
        require(self.actor, LEARN_COURSE, row.course)
        return review_in(row)


class SimilarViewSet(KernelViewSet):
    """Works that resemble a submission, for staff to judge."""

    permission_words = {"similar": "the course's staff"}

    @extend_schema(parameters=[ID], responses=SimilarOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None)
    def similar(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Other people's works in the course that share passages, the most similar first."""
        found = submission(self.actor, id)
        require(self.actor, SEE_SUBMISSIONS, found.assignment)
        row = handed_in(self.actor, found.assignment, id)
        works = similar_works(actor=self.actor, submission=row)
        named = marking_lines(self.actor, [work.submission for work in works])
        return Response([_similar(work, line.who) for work, line in zip(works, named, strict=True)])


def review_in(row: Assignment) -> PeerReview:
    """The peer review of an assignment; raises NotFound without one."""
    found = review_of(row)
    if found is None:
        raise NotFound
    return found


def _similar(work: SimilarWork, who: str) -> dict[str, Any]:
    return {
        "submission": work.submission.public_id,
        "assignment": work.submission.assignment.public_id,
        "who": who,
        "jaccard": work.jaccard,
        "shared": work.shared,
        "passages": [{"here": one.here, "there": one.there} for one in work.pairs],
    }
