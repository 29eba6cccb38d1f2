"""What to take next, and keeping count of which courses go together."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from analytics.models import CourseAffinity, CourseLikeness, FoldState
from analytics.queries.recommend import (
    affinities,
    course_texts,
    enrolment_pairs,
    offers,
    same_words,
    taken_courses,
    titles,
)
from analytics.scoring.content import Likeness, likenesses
from analytics.scoring.ranking import Taken, chosen_weights
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
    """The actor's own recommendations, in five queries. Raises SignInRequired for nobody."""
    taken = taken_courses(actor)
    open_to = {offer.course.pk: offer for offer in offers(actor, taken)}
    if not open_to:
        return []
    found = recommend(
        taken=taken,
        pairs=[Pair(*row) for row in affinities(taken)],
        alike=[Likeness(*row) for row in same_words(taken)],
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
    """Compare courses anew, at most hourly unless forced; whether it was done."""
    FoldState.objects.get_or_create(name=STATE)
    with transaction.atomic():
        state = lock(FoldState.objects.filter(name=STATE), skip_locked=True).first()
        if state is None:
            return False
        now = clock.now()
        if not force and state.ran_at is not None and now - state.ran_at < EVERY:
            return False
        _keep_pairs(enrolment_pairs())
        CourseLikeness.objects.all().delete()
        CourseLikeness.objects.bulk_create(
            [
                CourseLikeness(
                    course_id=like.course, other_id=like.other, similarity=like.similarity
                )
                for like in likenesses(course_texts())
            ],
            batch_size=500,
        )
        state.ran_at = now
        state.save(update_fields=["ran_at"])
    return True


def _keep_pairs(enrolments: list[tuple[int, int]]) -> None:
    """The pairs that five people share, each with its weight in the model that ranks better."""
    CourseAffinity.objects.all().delete()
    pairs = similarities(enrolments)
    if not pairs:
        return
    taken = Taken.of((str(person), str(course)) for person, course in enrolments)
    _model, weights = chosen_weights(taken)
    place = {int(course): at for at, course in enumerate(taken.courses)}
    CourseAffinity.objects.bulk_create(
        [
            CourseAffinity(
                course_id=pair.because,
                other_id=pair.course,
                together=pair.together,
                similarity=pair.similarity,
                weight=float(weights[place[pair.because], place[pair.course]]),
            )
            for pair in pairs
        ],
        batch_size=500,
    )
