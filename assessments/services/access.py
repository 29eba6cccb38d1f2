"""The code that opens a quiz: set by its instructors, asked before the start, kept as a hash."""

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext as _

from assessments.models import Quiz
from assessments.rules import EDIT_QUIZ
from assessments.services.editing import locked, save_changes
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, Throttled
from lms.kernel.rest.throttles import hit, take_back
from lms.kernel.rules import require
from lms.kernel.text import require_text

MIN_CODE, MAX_CODE = 4, 64


@transaction.atomic
def set_access_code(*, actor: Actor, quiz: Quiz, code: str, expected: int | None = None) -> Quiz:
    """Ask for a code before each start; an empty one asks for none. Outer spaces do not count.

    Raises Invalid for a code shorter than 4 or longer than 64 characters, Stale when the quiz
    changed meanwhile, and what `require` raises.
    """
    require(actor, EDIT_QUIZ, quiz)
    plain = require_text(code, field="code", max_length=MAX_CODE).strip()
    if plain and len(plain) < MIN_CODE:
        raise Invalid(_("A code has at least 4 characters."), field="code")
    hashed = make_password(plain) if plain else ""
    return save_changes(locked(quiz, expected=expected), access_code=hashed)


def require_code(*, learner_id: int, quiz: Quiz, code: str) -> None:
    """Pass with the quiz's code, or when it has none; call it outside of a transaction.

    Raises Denied `access_code_required` or `access_code_wrong`, and Throttled after ten wrong
    tries in a quarter of an hour.
    """
    if not quiz.access_code:
        return
    if not code.strip():
        raise Denied(
            _("Type the code that your instructor gives you."), code="access_code_required"
        )
    who = f"{quiz.pk}:{learner_id}"
    wait = hit("access_code", who)
    if wait is not None:
        words = _("Too many wrong codes. Wait a moment, or ask your instructor.")
        raise Throttled(words, retry_after=wait)
    if not check_password(code.strip()[:MAX_CODE], quiz.access_code):
        raise Denied(_("This is not the code of this quiz."), code="access_code_wrong")
    take_back("access_code", who)
