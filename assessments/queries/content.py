"""What a stored version of a question says, for everybody who scores, shows or writes it."""

from django.utils.translation import gettext as _

from assessments.models import QuestionVersion
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import content_of
from lms.kernel.errors import Conflict


def version_content(version: QuestionVersion | None) -> QuestionContent:
    """The version as content, with its key; its question should be loaded.

    Raises Conflict for a question without a version.
    """
    if version is None:
        raise Conflict(_("This question has no version."))
    return content_of(
        kind=version.question.kind,
        stem=version.stem,
        body=version.body,
        key=version.key,
        explanation=version.explanation,
        points=version.points,
        difficulty=version.question.difficulty,
    )
