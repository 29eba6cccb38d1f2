"""Works of a course that resemble one, for its staff to judge."""

from dataclasses import dataclass
from typing import Final

from assessments.gateway.originality import Document, Finder, Match
from assessments.gateway.shingles import ShingleFinder
from assessments.models import (
    Submission,
    SubmissionFile,
    SubmissionMember,
    SubmissionVersion,
)
from assessments.rules import SEE_SUBMISSIONS
from lms.kernel.actors import Actor
from lms.kernel.rules import require

MOST_WORKS: Final = 1_000
MOST_BYTES: Final = 200_000
FINDER: Final[Finder] = ShingleFinder()


@dataclass(frozen=True, slots=True)
class Pair:
    """A passage here and there, as text."""

    here: str
    there: str


@dataclass(frozen=True, slots=True)
class SimilarWork:
    """A work that resembles another: shares from 0 to 1, and the passages side by side."""

    submission: Submission
    jaccard: float
    shared: float
    pairs: tuple[Pair, ...]


def similar_works(*, actor: Actor, submission: Submission) -> list[SimilarWork]:
    """Other people's latest works in the same course that share passages with this one.

    Compared are typed texts and plain text files of at most 200 kB, of the newest 1,000 works.
    Raises what `require` raises.
    """
    require(actor, SEE_SUBMISSIONS, submission.assignment)
    authors = SubmissionMember.objects.filter(submission=submission).values("learner_id")
    own = SubmissionMember.objects.filter(learner__in=authors).values("submission_id")
    related = ("assignment__lesson", "group", "learner", "outcome")
    rows = list(
        Submission.objects.filter(course_id=submission.course_id, version_count__gt=0)
        .exclude(pk__in=own)
        .select_related(*related)
        .order_by("-submitted_at", "-id")[:MOST_WORKS]
    )
    texts = _texts([submission, *rows])
    text = texts.pop(submission.pk, "")
    documents = [Document(key, words) for key, words in texts.items() if words.strip()]
    by_key = {row.pk: row for row in rows}
    found = FINDER.compare(text, documents)
    return [_similar(by_key[match.key], match, text, texts[match.key]) for match in found]


def _texts(rows: list[Submission]) -> dict[int, str]:
    """The text of the latest version of each, by key; two queries."""
    versions = SubmissionVersion.objects.filter(submission__in=[row.pk for row in rows])
    newest: dict[int, str] = {}
    for version in versions.prefetch_related("files").order_by("number"):
        files = [
            file
            for file in version.files.all()
            if file.content_type.startswith("text/") and file.size <= MOST_BYTES
        ]
        parts = [version.text, *map(_plain, files)]
        newest[version.submission_id] = "\n\n".join(part for part in parts if part)
    return newest


def _plain(file: SubmissionFile) -> str:
    try:
        with file.file.open("rb") as stored:
            return str(stored.read(MOST_BYTES).decode("utf-8", "replace"))
    except OSError:
        return ""


def _similar(row: Submission, match: Match, here: str, there: str) -> SimilarWork:
    pairs = tuple(
        Pair(here[one.start : one.end], there[one.other_start : one.other_end])
        for one in match.passages
    )
    return SimilarWork(row, match.jaccard, match.shared, pairs)
