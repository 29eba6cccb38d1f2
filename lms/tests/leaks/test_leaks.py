"""Every operation as a learner, and their own export: what may not be seen is in no answer."""

import io
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
from lms.tests.matrix.test_matrix import API_ROWS
from lms.tests.world import World, build

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
# Names of fields that say which answer is right; a learner meets none of them before a release.
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
    assert leaks(heard, "learner") == []


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
