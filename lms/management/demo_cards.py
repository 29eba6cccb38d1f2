"""What the learners of the demo remember: a deck, cards of their own, what builds on what."""

from typing import Final

from analytics.services.flashcards import Sides, add_deck_cards, add_own_cards
from assessments.models import LearningOutcome
from assessments.services.learning_outcome import OutcomeFields, update_outcome
from courses.models import Course
from lms.management.demo_timeline import Stage

DECK: Final = (
    ("D1", "What is the **median**?", "The value in the middle once all are put in order."),
    ("D1", "Which average does one huge value move most?", "The mean."),
    ("D2", "Where should the axis of a bar chart begin?", "At zero: a bar's length is its value."),
    ("S1", "What does a larger sample change?", "How sure we are, not what is true."),
    ("S1", "How wide is a 95 % interval, about?", r"Two standard errors each way: $2s/\sqrt n$."),
    ("C1", "What is a **confounder**?", "Something behind both what we compare and what we see."),
)
DRAFT: Final = ("What is a *quantile*?", "A value below which a given share lies.")
OWN: Final = (
    ("Mean or median for the prices of flats?", "Median: a few villas would move the mean."),
    ("The one chart I would not trust again", "The one that began at 90."),
)
BUILDS_ON: Final = {"S1": ("D1", "D2"), "C1": ("D2",)}


def hand_out_cards(stage: Stage, course: Course) -> None:
    """A published deck with one draft, two cards of the learner's own, and prerequisites."""
    teacher, learner = (stage.actor(f"{who}@example.com") for who in ("instructor", "student"))
    there = {row.code: row for row in LearningOutcome.objects.filter(course=course)}
    cards = [Sides(front=front, back=back, outcome=there[code]) for code, front, back in DECK]
    add_deck_cards(actor=teacher, course=course, cards=cards, published=True)
    draft = Sides(front=DRAFT[0], back=DRAFT[1])
    add_deck_cards(actor=teacher, course=course, cards=[draft])
    own = [Sides(front=front, back=back) for front, back in OWN]
    add_own_cards(actor=learner, course=course, cards=own)
    for code, before in BUILDS_ON.items():
        row = there[code]
        fields = OutcomeFields(
            code=row.code, title=row.title, prerequisites=[there[one] for one in before]
        )
        update_outcome(actor=teacher, outcome=row, fields=fields)
