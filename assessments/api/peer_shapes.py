"""What peer review takes and gives through the API. Nothing here names who wrote or handed in."""

from typing import Any

from rest_framework import serializers

from assessments.api.fields import score_field
from assessments.api.marking import PickShape
from assessments.enums import AppealState, PeerPhase
from assessments.models import PeerAppeal, PeerReview, PeerTask
from assessments.queries.anonymity import neutral_name
from assessments.queries.submission import versions_of
from assessments.scoring.dates import Dates
from assessments.services.marking import MAX_WORDS
from assessments.services.peer import MAX_EXAMPLE, MAX_REASON, MOST_EACH


class PeerSettingsIn(serializers.Serializer[Any]):
    """How a peer review goes; `least` is at most `each`."""

    each = serializers.IntegerField(min_value=1, max_value=MOST_EACH, default=3)
    least = serializers.IntegerField(min_value=1, max_value=MOST_EACH, default=2)
    due_at = serializers.DateTimeField(allow_null=True, default=None)
    appeal_until = serializers.DateTimeField(allow_null=True, default=None)
    show_reviewers = serializers.BooleanField(default=False)


class PeerOut(serializers.Serializer[Any]):
    """A peer review with the dates that hold for whoever asks."""

    phase = serializers.ChoiceField(choices=PeerPhase.values)
    each = serializers.IntegerField()
    least = serializers.IntegerField()
    due_at = serializers.DateTimeField(allow_null=True)
    appeal_until = serializers.DateTimeField(allow_null=True)
    show_reviewers = serializers.BooleanField()


class PhaseIn(serializers.Serializer[Any]):
    """The phase to go to."""

    phase = serializers.ChoiceField(choices=PeerPhase.values)


class ExampleIn(serializers.Serializer[Any]):
    """An example with the instructor's score."""

    text = serializers.CharField(max_length=MAX_EXAMPLE)
    score = score_field()


class ScoreShape(serializers.Serializer[Any]):
    """A score: a reviewer's of an example as it goes in, the instructor's as it comes back."""

    score = score_field()


class ExampleOut(serializers.Serializer[Any]):
    """An example; reviewers get the text alone, until they have judged it."""

    id = serializers.CharField()
    text = serializers.CharField()


class AppealIn(serializers.Serializer[Any]):
    """Why an author objects."""

    reason = serializers.CharField(max_length=MAX_REASON)


class DecisionIn(serializers.Serializer[Any]):
    """What staff decide of an objection, and why."""

    upheld = serializers.BooleanField()
    answer = serializers.CharField(max_length=MAX_REASON)


class AppealOut(serializers.Serializer[Any]):
    """An objection; `answer` is empty while it is open."""

    id = serializers.CharField()
    state = serializers.ChoiceField(choices=AppealState.values)
    reason = serializers.CharField()
    answer = serializers.CharField(allow_blank=True)


class PeerWorkOut(serializers.Serializer[Any]):
    """A work for staff; `who` is its code while names are hidden."""

    submission = serializers.CharField()
    who = serializers.CharField()
    given = serializers.IntegerField()
    done = serializers.IntegerField()
    appeal = AppealOut(allow_null=True)


class TaskLineOut(serializers.Serializer[Any]):
    """A work that whoever asks reviews."""

    id = serializers.CharField()
    done_at = serializers.DateTimeField(allow_null=True)
    score = score_field(allow_null=True)


class ReceivedOut(serializers.Serializer[Any]):
    """What a peer wrote; `reviewer` is their name where the review was set up to show it."""

    score = score_field()
    feedback = serializers.CharField(allow_blank=True)
    reviewer = serializers.CharField(allow_null=True)


class OwnPeerOut(serializers.Serializer[Any]):
    """One's own place in a peer review; `received` is empty until it is closed."""

    tasks = TaskLineOut(many=True)
    examples = ExampleOut(many=True)
    received = ReceivedOut(many=True)
    appeal = AppealOut(allow_null=True)


class NeutralFileOut(serializers.Serializer[Any]):
    """A file of a peer's work under a neutral name."""

    id = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()


class NeutralAccessOut(NeutralFileOut):
    """The same with an address that serves it for five minutes."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class TaskOut(TaskLineOut):
    """A work of a peer, without a name, and one's review of it."""

    picks = serializers.DictField(child=PickShape())
    feedback = serializers.CharField(allow_blank=True)
    text = serializers.CharField(allow_blank=True)
    url = serializers.CharField(allow_blank=True)
    files = NeutralFileOut(many=True)


class ReviewIn(serializers.Serializer[Any]):
    """A review; without `score` it is the rubric's sum. `picks` are by criterion's id."""

    picks = serializers.DictField(child=PickShape(), default=dict)
    score = score_field(allow_null=True, default=None)
    feedback = serializers.CharField(max_length=MAX_WORDS)


class PassageOut(serializers.Serializer[Any]):
    """A passage of this work, and of the other."""

    here = serializers.CharField()
    there = serializers.CharField()


class SimilarOut(serializers.Serializer[Any]):
    """A work that resembles this one; shares are from 0 to 1, `who` its code where hidden."""

    submission = serializers.CharField()
    assignment = serializers.CharField()
    who = serializers.CharField()
    jaccard = serializers.FloatField()
    shared = serializers.FloatField()
    passages = PassageOut(many=True)


def peer_data(row: PeerReview, dates: Dates) -> dict[str, Any]:
    """The shape of `PeerOut`."""
    return {
        "phase": row.phase,
        "each": row.each,
        "least": row.least,
        "due_at": dates.due_at,
        "appeal_until": dates.closes_at,
        "show_reviewers": row.show_reviewers,
    }


def appeal_data(row: PeerAppeal | None) -> dict[str, Any] | None:
    """The shape of `AppealOut`; None without one."""
    if row is None:
        return None
    return {"id": row.public_id, "state": row.state, "reason": row.reason, "answer": row.answer}


def task_line(row: PeerTask) -> dict[str, Any]:
    """The shape of `TaskLineOut`."""
    return {"id": row.public_id, "done_at": row.done_at, "score": row.score}


def task_data(row: PeerTask) -> dict[str, Any]:
    """The shape of `TaskOut`: the version that counts, without a name."""
    work = list(versions_of(row.submission))[-1]
    files = [
        {"id": one.public_id, "name": neutral_name(one, place), "size": one.size}
        for place, one in enumerate(work.files.all(), start=1)
    ]
    return {
        **task_line(row),
        "picks": row.picks,
        "feedback": row.feedback,
        "text": work.text,
        "url": work.url,
        "files": files,
    }


def received_data(row: PeerTask, *, named: bool) -> dict[str, Any]:
    """The shape of `ReceivedOut`."""
    name = row.reviewer.display_name if named else None
    return {"score": row.score, "feedback": row.feedback, "reviewer": name}
