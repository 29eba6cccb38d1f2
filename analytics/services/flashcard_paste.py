"""Many flashcards at once, from a text that was pasted: all of them or none."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import Flashcard
from analytics.models.flashcard import MAX_SIDE
from analytics.scoring.pasted_cards import MAX_PASTED, Pasted, pasted_cards
from analytics.services.flashcards import Sides, add_deck_cards, add_own_cards
from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.text import require_text

TOLD: Final = 5


def read_cards(text: str) -> Pasted:
    """What a text would make; writes nothing. Raises Invalid on `text` for one too long."""
    require_text(text, field="text", max_length=MAX_PASTED)
    return pasted_cards(text, max_side=MAX_SIDE)


@transaction.atomic
def paste_cards(
    *, actor: Actor, course: Course, text: str, deck: bool = False, published: bool = False
) -> list[Flashcard]:
    """Add the cards of a text: one's own, or with `deck` those of the course.

    Raises Invalid on `text` naming the lines that make no card, and what adding raises.
    """
    found = read_cards(text)
    if found.problems:
        lines = [
            _("Line %(line)d: %(words)s") % {"line": one.line, "words": one.words}
            for one in found.problems[:TOLD]
        ]
        raise Invalid(" ".join(lines), field="text")
    if not found.cards:
        raise Invalid(_("There is no card in this text."), field="text")
    cards = [Sides(front=one.front, back=one.back) for one in found.cards]
    if deck:
        return add_deck_cards(actor=actor, course=course, cards=cards, published=published)
    return add_own_cards(actor=actor, course=course, cards=cards)
