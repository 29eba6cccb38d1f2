"""Flashcards of others: a classmate's own, and drafts of a deck."""

from analytics.services.flashcards import Sides, add_deck_cards, add_own_cards
from lms.kernel import actors
from lms.tests.leaks.marker import Marker, marker
from lms.tests.world import World

MARKERS = [
    Marker("a classmate's flashcard", ("zqpeercard",), frozenset()),
    marker("a draft of a deck", "zqdeckdraft"),
]


def plant_cards(world: World) -> None:
    """One of each."""
    peer = actors.for_user(world.people["peer"])
    add_own_cards(
        actor=peer, course=world.course, cards=[Sides(front="zqpeercard", back="zqpeercard")]
    )
    add_deck_cards(
        actor=world.actors["instructor"],
        course=world.course,
        cards=[Sides(front="zqdeckdraft", back="zqdeckdraft")],
    )
