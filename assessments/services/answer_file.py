"""Files as answers: taken in while the attempt is open, named by a saved answer, swept otherwise.

Two steps, so that nothing is lost and nothing counts by accident. `add_answer_file` keeps the bytes
and tells their id; the answer that names it is saved like any other, under a number. Taking a file
out is saving an answer without it.
"""

import logging
from datetime import timedelta
from typing import IO, Any, Final

from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from assessments.models import AnswerFile, Attempt, AttemptQuestion
from assessments.queries.access import require_place
from assessments.queries.content import version_content
from assessments.rules import ANSWER_ATTEMPT
from assessments.scoring.content import detail_of
from assessments.scoring.file_upload import Uploads, files_of
from assessments.scoring.kinds import Answer
from assessments.scoring.registry import type_of
from assessments.services.closing import settle
from assessments.services.intake import MEGABYTE, sha256_of, take_work
from assessments.services.running import open_question, require_page
from courses.services.attachment import Intake
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, SignInRequired
from lms.kernel.rules import require

MAX_ATTEMPT_BYTES: Final = 500 * MEGABYTE
MAX_ATTEMPT_FILES: Final = 200
MAX_LEARNER_BYTES: Final = 1_000 * MEGABYTE  # of one person in one course, in all attempts
MAX_LEARNER_FILES: Final = 1_000
UNNAMED_FOR: Final = timedelta(days=1)
log = logging.getLogger(__name__)


def add_answer_file(
    *, actor: Actor, attempt: Attempt, question: AttemptQuestion, name: str, content: IO[bytes]
) -> AnswerFile:
    """Keep a file for an answer, told by its content (U1); it counts once an answer names it.

    Raises Conflict `deadline_passed`, `attempt_closed`, `attempt_paused` or `quota`, Invalid for
    `file` when it is empty, too large or of a kind that is not accepted, Denied
    `address_not_allowed`, and what `require` raises.
    """
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    if actor.user_id is None:
        raise SignInRequired
    settle(attempt)
    asked = _asked(question)
    taken = take_work(content=content, name=name, kinds=asked.kinds, max_mb=asked.max_mb)
    digest = sha256_of(content)
    with transaction.atomic():
        row, part = open_question(attempt, question)
        require_page(row, part)
        _require_room(row, taken)
        found = AnswerFile.objects.create(
            attempt=row,
            question=part,
            file=f"answers/{taken.new_stored_name()}",
            name=taken.name,
            content_type=taken.content_type,
            size=taken.size,
            sha256=digest,
            uploaded_by_id=actor.user_id,
            created_at=clock.now(),
        )
    # The bytes go last and outside the lock: a row without them is swept, bytes without a row
    # never would be, and other answers need not wait for a slow store.
    found.file.storage.save(str(found.file.name), File(content))
    return found


def name_files(part: AttemptQuestion, answer: Answer) -> Answer:
    """The answer in its stored form, its files named by id, name, size and SHA-256.

    The caller holds the attempt's lock. Raises Invalid for `answer` when a file is not there, or
    belongs to another answer.
    """
    if answer is None or not type_of(part.version.question.kind).takes_files:
        return answer
    ids = [one["id"] for one in files_of(answer)]
    rows = AnswerFile.objects.filter(question=part, public_id__in=ids)
    found = {row.public_id: row for row in lock(rows.order_by("pk"))}
    if len(found) != len(ids):
        words = _("A file of this answer is not kept any more. Add it again.")
        raise Invalid(words, field="answer")
    rows.filter(acknowledged=False).update(acknowledged=True)
    return {"files": [_named(found[one]) for one in ids]}


def sweep_unnamed(*, limit: int = 500) -> int:
    """Remove files that no saved answer named within a day; returns how many."""
    until = clock.now() - UNNAMED_FOR
    unnamed = AnswerFile.objects.filter(acknowledged=False, created_at__lt=until)
    done = 0
    for key in list(unnamed.order_by("pk").values_list("pk", flat=True)[:limit]):
        try:
            done += _remove(key)
        except Exception:
            log.exception("answer file %s could not be removed", key)
    return done


@transaction.atomic
def _remove(key: int) -> bool:
    row = lock(AnswerFile.objects.filter(pk=key, acknowledged=False)).first()
    if row is None:
        return False
    storage, stored = row.file.storage, str(row.file.name)
    row.delete()
    transaction.on_commit(lambda: storage.delete(stored), robust=True)
    return True


def _asked(question: AttemptQuestion) -> Uploads:
    version = question.version
    if not type_of(version.question.kind).takes_files:
        raise Invalid(_("This question takes no files."), field="file")
    return detail_of(version_content(version), Uploads)


def _require_room(attempt: Attempt, taken: Intake) -> None:
    """Raise Conflict `quota` when the attempt, or its learner in the course, holds enough already.

    The caller holds the attempt's lock. A person has one open attempt per quiz, so that uploads to
    several at once can go over the second limit by what is under way, and by no more.
    """
    of_attempt = AnswerFile.objects.filter(attempt=attempt)
    if not _fits(of_attempt, taken, files=MAX_ATTEMPT_FILES, size=MAX_ATTEMPT_BYTES):
        words = _("This attempt holds as many files as it can (%(most)s MB in all).")
        raise Conflict(words % {"most": MAX_ATTEMPT_BYTES // MEGABYTE}, code="quota")
    of_learner = AnswerFile.objects.filter(
        attempt__learner_id=attempt.learner_id, attempt__course_id=attempt.course_id
    )
    if not _fits(of_learner, taken, files=MAX_LEARNER_FILES, size=MAX_LEARNER_BYTES):
        words = _(
            "Your answers in this course hold %(size)s MB or %(files)s files, which is as much as "
            "they can. Ask your instructor what to do."
        )
        said = {"size": MAX_LEARNER_BYTES // MEGABYTE, "files": MAX_LEARNER_FILES}
        raise Conflict(words % said, code="quota")


def _fits(rows: QuerySet[AnswerFile], taken: Intake, *, files: int, size: int) -> bool:
    held = rows.aggregate(count=Count("pk"), size=Sum("size"))
    return held["count"] < files and (held["size"] or 0) + taken.size <= size


def _named(row: AnswerFile) -> dict[str, Any]:
    return {"id": row.public_id, "name": row.name, "size": row.size, "sha256": row.sha256}
