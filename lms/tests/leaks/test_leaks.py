"""Every operation as a learner, and their own export: what may not be seen is in no answer."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.db import transaction

from accounts.services.privacy import export_person
from assessments.services.quiz import release_results
from lms.tests.furnish import furnish
from lms.tests.leaks.markers import MARKERS, plant, words
from lms.tests.leaks.walk import Heard, Walk
from lms.tests.matrix.run import tokens_for
from lms.tests.matrix.test_matrix import API_ROWS, PAGE_ROWS
from lms.tests.world import World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Names of fields that say which answer is right; a learner meets none of them before a release.
READING = [row for row in (*API_ROWS, *PAGE_ROWS) if row.verb == "GET"]
# What not even the instructor meets on a page or in an answer: the learners' own drafts, and a
# mark's note before its marker hands the work over to them; and what is kept nowhere
# or only to make more from.
PRIVATE = [
    "what a program said in a hidden test",
    "a text from outside that material is made of",
    "a classmate's question to the tutor",
    "a classmate's draft",
    "what AI saw of a classmate",
    "the address and key of an AI provider",
    "a message between two other people",
    "a file that two other people sent each other",
    "what a classmate plans for themselves",
    "a classmate's flashcard",
]
KEY_FIELDS = ('"correct":', '"accepted":', '"truth":', '"key":', '"tolerance":')


@pytest.fixture(scope="module")
def sown(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The furnished world with every secret in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = build()
        furnish(built)
        plant(built)
        tokens_for(built)
        yield built
        transaction.set_rollback(True)


def leaks(heard: Iterable[Heard], who: str) -> list[str]:
    """What the role heard and must not: the secret and the door, each once."""
    secret = [one for one in MARKERS if who not in one.seen_by]
    found: dict[str, None] = {}
    for one in heard:
        for marker in secret:
            if any(word in one.text for word in marker.words):
                found[f"{marker.what}: {one.where} ({one.status})"] = None
    return list(found)


def test_a_learner_meets_no_secret_behind_any_operation(sown: World) -> None:  # Z4 Z5 Z7
    heard = Walk(sown, "learner").open(API_ROWS, searched=words())
    # Whoever has judged an example, once and for good, hears how the instructor did: its purpose.
    judged, *more = leaks(heard, "learner")
    assert re.fullmatch(r"the instructor's score of an example: POST \S+/try/ \(200\)", judged)
    assert more == []


def test_a_learner_meets_no_secret_on_any_page(sown: World) -> None:  # Z4 Z5 Z7
    heard = Walk(sown, "learner", most=8).open(PAGE_ROWS)
    assert leaks(heard, "learner") == []


@pytest.mark.parametrize("who", ["observer", "outsider", "anonymous"])
def test_who_learns_nothing_here_meets_no_secret_either(sown: World, who: str) -> None:  # Z4 Z7
    heard = Walk(sown, who, most=4).open(READING)
    assert leaks(heard, who) == []


def test_staff_meet_every_secret_so_the_words_can_be_met(sown: World) -> None:
    """Without this a word that was planted wrongly would prove nothing."""
    missing = list(MARKERS)
    for one in Walk(sown, "instructor").open(READING):
        if not missing:
            break
        missing = [m for m in missing if not any(word in one.text for word in m.words)]
    assert [one.what for one in missing] == PRIVATE


def test_nobody_learns_whose_work_they_mark_without_names(sown: World) -> None:  # Z7
    asked = sown.things["nameless assignment"]
    works = [row.public_id for row in asked.submissions.all()]
    rows = [row for row in READING if "submission" in row.path or "{assignment_id}" in row.path]
    heard = [
        one
        for one in Walk(sown, "assistant").open(rows)
        if any(key in one.where for key in (asked.public_id, *works))
    ]
    assert {one.status for one in heard} >= {200}
    told = [one.where for one in heard if "zqpeername" in one.text or "zqpeer@" in one.text]
    assert told == []


def exported(world: World) -> list[Heard]:
    """The files of the learner's own export."""
    with export_person(actor=world.actors["learner"], person=world.people["learner"]) as out:
        archive = zipfile.ZipFile(io.BytesIO(out.read()))
    return [Heard(name, 200, archive.read(name).decode()) for name in archive.namelist()]


def test_a_learners_own_export_tells_no_secret(sown: World) -> None:  # Z7 V2
    heard = exported(sown)
    assert leaks(heard, "learner's export") == []
    told = "".join(one.text for one in heard)
    assert "zqownnote" in told
    assert "Lima" in told


def test_an_export_after_the_release_tells_the_score_and_still_no_key(sown: World) -> None:
    with transaction.atomic():
        release_results(actor=sown.actors["instructor"], quiz=sown.things["exam"])
        heard = exported(sown)
        transaction.set_rollback(True)
    released = {"a score that is not released", "the reason for it"}
    assert {one.partition(":")[0] for one in leaks(heard, "learner's export")} == released


def test_an_unreleased_attempt_names_no_field_of_its_key(sown: World) -> None:  # Z5
    attempt = sown.things["unreleased attempt"].public_id
    heard = [
        one
        for one in Walk(sown, "learner").open(row for row in API_ROWS if "/attempts/" in row.path)
        if attempt in one.where
    ]
    told = [f"{one.where} {name}" for one in heard for name in KEY_FIELDS if name in one.text]
    assert told == []
    assert {one.status for one in heard if one.where.endswith("/review/")} == {403}
