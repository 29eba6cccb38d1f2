"""What to take next, and keeping count of which courses go together."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from analytics.models import CourseAffinity, FoldState
from analytics.queries.recommend import (
    affinities,
    enrolment_pairs,
    offers,
    taken_courses,
    titles,
)
from analytics.scoring.recommend import (
    Basis,
    Candidate,
    Pair,
    reason_words,
    recommend,
    similarities,
)
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock

STATE = "affinity"
EVERY = timedelta(hours=1)
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A course the person could take now, with the reason in words."""

    course: Course
    basis: Basis
    reason: str
    because: str | None


def recommendations(*, actor: Actor, limit: int = SHOWN) -> list[Suggestion]:
    """The actor's own recommendations, in four queries. Raises SignInRequired for nobody."""
    taken = taken_courses(actor)
    open_to = {offer.course.pk: offer for offer in offers(actor, taken)}
    if not open_to:
        return []
    found = recommend(
        taken=taken,
        pairs=[Pair(*row) for row in affinities(taken)],
        candidates=[Candidate(pk, offer.learners) for pk, offer in open_to.items()],
        limit=limit,
    )
    names = titles(frozenset(r.because for r in found if r.because is not None))
    return [
        Suggestion(
            course=open_to[r.course].course,
            basis=r.basis,
            reason=reason_words(r, names),
            because=names.get(r.because) if r.because is not None else None,
        )
        for r in found
    ]


def refresh_affinities(*, force: bool = False) -> bool:
    """Count likenesses of courses anew, at most hourly unless forced; whether it was done."""
    FoldState.objects.get_or_create(name=STATE)
    with transaction.atomic():
        state = lock(FoldState.objects.filter(name=STATE), skip_locked=True).first()
        if state is None:
            return False
        now = clock.now()
        if not force and state.ran_at is not None and now - state.ran_at < EVERY:
            return False
        CourseAffinity.objects.all().delete()
        CourseAffinity.objects.bulk_create(
            [
                CourseAffinity(
                    course_id=pair.because,
                    other_id=pair.course,
                    together=pair.together,
                    similarity=pair.similarity,
                )
                for pair in similarities(enrolment_pairs())
            ],
            batch_size=500,
        )
        state.ran_at = now
        state.save(update_fields=["ran_at"])
    return True
