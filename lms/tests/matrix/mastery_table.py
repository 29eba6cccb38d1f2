"""Who reads the mastery of whom, and whose questions come back."""

from lms.tests.matrix import profiles as p
from lms.tests.matrix.api_table import V1, body, cid, thing
from lms.tests.matrix.page_table import READ_BY_STAFF, READERS, SENT, C, T, at, get, plus, post
from lms.tests.matrix.run import Row
from lms.tests.world import World


def of_learner(world: World) -> dict[str, str]:
    """The slug, the learner and the outcome."""
    return {
        "slug": world.course.slug,
        "learner_id": world.people["learner"].public_id,
        "outcome_id": world.things["outcome"].public_id,
    }


def missed(world: World) -> str:
    """The public id of the question that comes back to the learner."""
    found: str = world.things["missed question"].public_id
    return found


# Who reads a deck that is published; and whose queue its cards come in.
READ_DECK = p.seen_by_members(p.members())
RESTS = p.seen_by_members(p.learners(204))
EDIT_DECK = p.managers() | dict.fromkeys(("outsider", "other instructor"), 404)
OWN = p.own("learner", reads=False)
MINE, IN_DECK = at(card_id="own flashcard"), at(card_id="flashcard")
SIDES = {"front": "What is a cairn?", "back": "A pile of stones."}


def granted(profile: p.Profile, status: int) -> p.Profile:
    """The same with another status where it is granted."""
    return {who: status if found == 200 else found for who, found in profile.items()}


API = [
    Row(f"GET {V1}/review/cards/", p.signed_in()),
    Row(f"GET {V1}/review/cards/", p.staff(), query="?deck_of={course}", note="a deck"),
    Row(f"POST {V1}/review/cards/", p.learners(201), body=body(course=cid, **SIDES)),
    Row(
        f"POST {V1}/review/cards/",
        p.managers(201),
        body=body(course=cid, deck=True, **SIDES),
        note="of a deck",
    ),
    Row(f"POST {V1}/review/cards/paste/", p.learners(), body=body(course=cid, text="a ; b")),
    Row(
        f"POST {V1}/review/cards/paste/",
        p.managers(),
        body=body(course=cid, text="a ; b", deck=True),
        note="of a deck",
    ),
    Row(f"GET {V1}/review/cards/{{id}}/", READ_DECK, thing("flashcard")),
    Row(
        f"GET {V1}/review/cards/{{id}}/",
        p.staff(others=404),
        thing("draft flashcard"),
        note="a draft",
    ),
    Row(f"GET {V1}/review/cards/{{id}}/", p.own("learner"), thing("own flashcard"), note="own"),
    Row(f"PATCH {V1}/review/cards/{{id}}/", EDIT_DECK, thing("flashcard"), body(front="What?")),
    Row(
        f"PATCH {V1}/review/cards/{{id}}/",
        OWN,
        thing("own flashcard"),
        body(front="What?"),
        note="own",
    ),
    Row(f"DELETE {V1}/review/cards/{{id}}/", granted(EDIT_DECK, 204), thing("flashcard")),
    Row(
        f"DELETE {V1}/review/cards/{{id}}/",
        granted(OWN, 204),
        thing("own flashcard"),
        note="own",
    ),
    Row(f"POST {V1}/review/cards/{{id}}/suspend/", RESTS, thing("flashcard")),
    Row(f"POST {V1}/review/cards/{{id}}/resume/", RESTS, thing("flashcard")),
    Row(f"GET {V1}/analytics/mastery/", p.staff(), query="?course={course}"),
    Row(f"GET {V1}/analytics/mastery/mine/", p.members(), query="?course={course}"),
    Row(f"GET {V1}/analytics/mastery/next-step/", p.members(), query="?course={course}"),
    Row(f"GET {V1}/analytics/mastery/totals/", p.totals(), query="?course={course}"),
    Row(
        f"GET {V1}/analytics/mastery/evidence/",
        p.members(),
        query="?course={course}&outcome={outcome}",
    ),
    Row(
        f"GET {V1}/analytics/mastery/evidence/",
        p.staff(),
        query="?course={course}&outcome={outcome}&student={student}",
        note="of a learner",
    ),
    Row(f"GET {V1}/me/progress/", p.signed_in()),
    Row(f"GET {V1}/me/progress/courses/", p.signed_in()),
    Row(f"GET {V1}/review/", p.signed_in()),
    Row(f"GET {V1}/review/{{id}}/answer/", p.own("learner"), thing("missed question")),
    Row(
        f"POST {V1}/review/{{id}}/rate/",
        p.own("learner", reads=False) | {"staff token": 403, "preview": 403},
        thing("missed question"),
        body(recall="good", reps=0),
    ),
    Row(f"POST {V1}/review/undo/", p.signed_in(404, writes=True)),
]

PAGES = [
    get(f"{C}/mastery/", READERS),
    get(f"{C}/mastery/{{outcome_id}}/", READERS, at(outcome_id="outcome")),
    get(f"{T}/analytics/mastery/", READ_BY_STAFF),
    get(f"{T}/analytics/mastery/{{learner_id}}/", READ_BY_STAFF, of_learner),
    get(f"{T}/analytics/mastery/{{learner_id}}/{{outcome_id}}/", READ_BY_STAFF, of_learner),
    get("/me/review/", p.signed_in()),
    post(
        "/me/review/rate/",
        p.own("learner", SENT, reads=False) | {"preview": 403},
        question=missed,
        rating="3",
        reps="0",
    ),
    post("/me/review/undo/", p.signed_in(SENT, writes=True)),
    get("/me/cards/", p.signed_in()),
    get("/me/cards/new/", p.signed_in()),
    post("/me/cards/new/", p.learners(SENT), None, course=cid, **SIDES),
    get("/me/cards/{card_id}/", p.own("learner"), MINE),
    post("/me/cards/{card_id}/", granted(OWN, SENT), MINE, **SIDES),
    post("/me/cards/{card_id}/{verb}/", granted(OWN, SENT), plus(MINE, verb="suspend")),
    get("/me/cards/paste/", p.signed_in()),
    post("/me/cards/paste/", p.learners(SENT), None, course=cid, text="a ; b", act="add"),
    get("/me/cards/flashcards.csv", p.signed_in()),
    get(f"{T}/cards/paste/", p.only("instructor", "admin")),
    post(f"{T}/cards/paste/", p.managers(SENT), None, text="a ; b", act="add"),
    get(f"{T}/cards/flashcards.csv", READ_BY_STAFF),
    get(f"{T}/cards/", READ_BY_STAFF),
    get(f"{T}/cards/new/", p.only("instructor", "admin")),
    post(f"{T}/cards/new/", p.managers(SENT), None, **SIDES),
    get(f"{T}/cards/{{card_id}}/", p.only("instructor", "admin"), IN_DECK),
    post(f"{T}/cards/{{card_id}}/", p.managers(SENT), IN_DECK, **SIDES),
    post(f"{T}/cards/{{card_id}}/{{verb}}/", p.managers(SENT), plus(IN_DECK, verb="hide")),
    post(f"{T}/cards/publish/", p.managers(SENT)),
]
