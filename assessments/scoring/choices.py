"""What single and multiple choice share: their options."""

from django.utils.translation import gettext as _

from assessments.scoring.content import MAX_OPTIONS, QuestionContent, check_text
from assessments.scoring.folding import fold
from lms.kernel.errors import Invalid

MIN_OPTIONS = 2


def check_options(content: QuestionContent) -> None:
    """Raise Invalid unless there are 2..20 different, non-empty options with different ids."""
    texts = [fold(option.text, case=False) for option in content.options]
    if not MIN_OPTIONS <= len(texts) <= MAX_OPTIONS:
        raise Invalid(
            _("Give between 2 and %(most)s options.") % {"most": MAX_OPTIONS}, field="options"
        )
    if not all(texts):
        raise Invalid(_("An option is empty."), field="options")
    if len(set(texts)) < len(texts):
        raise Invalid(_("Two options are the same."), field="options")
    ids = [option.id for option in content.options if option.id]
    if len(set(ids)) < len(ids):
        raise Invalid(_("Two options have the same id."), field="options")
    for option in content.options:
        check_text(option.text, field="options")
        check_text(option.feedback, field="options")


def known_option(content: QuestionContent, raw: object) -> str:
    """`raw` when it is the id of an option of this question; raises Invalid otherwise."""
    if not isinstance(raw, str) or content.option(raw) is None:
        raise Invalid(_("Choose one of the options."), field="answer")
    return raw
