"""Remarks of markers at places of a work, and those they keep to use again."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import BankComment, SubmissionFile, SubmissionVersion, WorkComment
from assessments.rules import MARK_SUBMISSION, USE_BANK_COMMENT
from courses.models import Course
from courses.rules import ASSIST_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, NotFound, SignInRequired
from lms.kernel.rules import require
from lms.kernel.text import require_text

MAX_BODY: Final = 5_000
MAX_KEPT: Final = 300
MAX_PAGE: Final = 10_000
WHOLE_PAGE: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a remark stands: characters `start` to `end` of the text, or a page of a file.

    `x`, `y` are hundredths of the page from its top left. All None: about the whole.
    """

    start: int | None = None
    end: int | None = None
    file: SubmissionFile | None = None
    page: int | None = None
    x: int | None = None
    y: int | None = None


@transaction.atomic
def add_comment(
    *, actor: Actor, work: SubmissionVersion, body: str, place: Place, keep: bool = False
) -> WorkComment:
    """Remark on a version; its authors read it with the release. `keep` adds it to the bank.

    Raises Invalid for `body`, `start` or `page`.
    """
    require(actor, MARK_SUBMISSION, work.submission)
    if actor.user_id is None:
        raise SignInRequired
    text = _body(body)
    _check_place(work, place)
    if keep:
        keep_comment(actor=actor, course=work.submission.course, body=text)
    return WorkComment.objects.create(
        work=work,
        marker_id=actor.user_id,
        file=place.file,
        page=place.page,
        x=place.x,
        y=place.y,
        start=place.start,
        end=place.end,
        body=text,
        created_at=clock.now(),
    )


@transaction.atomic
def remove_comment(*, actor: Actor, comment: WorkComment) -> None:
    """Take one's own remark back. Raises NotFound for somebody else's."""
    require(actor, MARK_SUBMISSION, comment.work.submission)
    if comment.marker_id != actor.user_id:
        raise NotFound
    comment.delete()


@transaction.atomic
def keep_comment(*, actor: Actor, course: Course, body: str) -> BankComment:
    """Keep a remark to use again in the course; the same words are kept once.

    Raises Invalid for `body`, Conflict `bank_full`.
    """
    require(actor, ASSIST_COURSE, course)
    if actor.user_id is None:
        raise SignInRequired
    text = _body(body)
    mine = BankComment.objects.filter(course=course, marker_id=actor.user_id)
    known = mine.filter(body=text).first()
    if known is not None:
        known.updated_at = clock.now()
        known.save(update_fields=["updated_at"])
        return known
    if mine.count() >= MAX_KEPT:
        raise Conflict(_("You keep as many remarks as you can."), code="bank_full")
    return BankComment.objects.create(course=course, marker_id=actor.user_id, body=text)


@transaction.atomic
def forget_comment(*, actor: Actor, comment: BankComment) -> None:
    """Throw a kept remark away; where it was used it stays."""
    require(actor, USE_BANK_COMMENT, comment)
    comment.delete()


def _body(body: str) -> str:
    if not body.strip():
        raise Invalid(_("Write a comment."), field="body")
    return require_text(body.strip().replace("\r\n", "\n"), field="body", max_length=MAX_BODY)


def _check_place(work: SubmissionVersion, place: Place) -> None:
    if (place.start is None) != (place.end is None):
        raise Invalid(_("Give both ends of the passage."), field="start")
    if place.start is not None and place.end is not None:
        inside = 0 <= place.start < place.end <= len(work.text)
        if not inside or place.file is not None:
            raise Invalid(_("This passage is not in the text."), field="start")
    _check_page(work, place)


def _check_page(work: SubmissionVersion, place: Place) -> None:
    if place.file is None:
        if place.page is not None or place.x is not None or place.y is not None:
            raise Invalid(_("A page belongs to a file."), field="page")
        return
    if not work.files.filter(pk=place.file.pk).exists():
        raise NotFound
    if place.page is not None and not 1 <= place.page <= MAX_PAGE:
        raise Invalid(_("Pages start at 1."), field="page")
    for value in (place.x, place.y):
        if value is not None and (place.page is None or not 0 <= value <= WHOLE_PAGE):
            words = _("A position lies between 0 and 100 percent of a page.")
            raise Invalid(words, field="page")
