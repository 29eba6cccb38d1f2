"""The pictures of questions: who may see one that is a file of another course."""

from typing import Final

from django.db.models import QuerySet

from assessments.models import Attempt, Question, QuestionVersion
from assessments.queries.attempt import sheet
from assessments.rules import SEE_RESULTS, VIEW_ATTEMPT, VIEW_QUESTION
from assessments.scoring.kinds import QuestionType
from assessments.scoring.registry import TYPES
from courses.models import Attachment
from courses.rules import VIEW_ATTACHMENT
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, NotFound
from lms.kernel.rules import fetch

PICTURED: Final = tuple(one.kind for one in TYPES if type(one).images is not QuestionType.images)
# The newest attempts say it: an older one shows nothing that these do not.
MAX_ATTEMPTS: Final = 20


def question_picture(actor: Actor, public_id: str) -> Attachment:
    """A picture for whoever sees it among the files of its course, or where a question shows it.

    That is: for those who read the question in its bank or choose it for their quiz, and in an
    attempt as far as its sheet shows the question. Raises what `fetch` raises.
    """
    try:
        return fetch(actor, VIEW_ATTACHMENT, public_id=public_id)
    except NotFound:
        if actor.user_id is None or "\x00" in public_id:
            raise
    found = Attachment.objects.filter(public_id=public_id, lesson=None).first()
    if found is None:
        raise NotFound
    versions = QuestionVersion.objects.filter(
        question__kind__in=PICTURED,
        question__bank__course=found.course_id,
        body__image__attachment=public_id,
    )
    if not (_chooses(actor, versions) or _is_shown(actor, versions, public_id)):
        raise NotFound
    return found


def _chooses(actor: Actor, versions: QuerySet[QuestionVersion]) -> bool:
    asking = Question.objects.filter(items__quiz__in=SEE_RESULTS.rows(actor).values("pk"))
    readable = VIEW_QUESTION.rows(actor).values("pk")
    shown = versions.filter(question__in=readable) | versions.filter(
        question__in=asking.values("pk")
    )
    return shown.exists()


def _is_shown(actor: Actor, versions: QuerySet[QuestionVersion], public_id: str) -> bool:
    asked = Attempt.objects.filter(questions__version__in=versions).values("pk")
    rows = VIEW_ATTEMPT.rows(actor).filter(pk__in=asked).select_related("quiz__lesson", "course")
    return any(_shows(actor, row, public_id) for row in rows.order_by("-id")[:MAX_ATTEMPTS])


def _shows(actor: Actor, attempt: Attempt, public_id: str) -> bool:
    try:
        questions = sheet(actor, attempt).questions
    except Denied:
        return False
    images = (one.shown.image for one in questions)
    return any(image is not None and image.attachment == public_id for image in images)
