"""Write down every call to a provider (I10)."""

from collections.abc import Iterable

from ai.enums import Purpose
from ai.gateway.generation import Call
from ai.models import AiCall
from ai.queries.budget import role_of
from courses.models import Course
from lms.kernel.actors import Actor


def record_calls(
    calls: Iterable[Call],
    *,
    actor: Actor,
    purpose: Purpose,
    course: Course | None,
    job_id: int | None,
) -> None:
    """One row per call that is not booked yet.

    Called with rights already checked, outside the drafts' transaction: what was spent is spent,
    also when the work it was for is lost.
    """
    role = role_of(actor, course)
    AiCall.objects.bulk_create(
        AiCall(
            actor_kind=actor.kind,
            person_id=actor.user_id,
            course=course,
            job_id=job_id,
            role=role,
            purpose=purpose,
            provider=call.provider,
            model=call.model[:120],
            prompt_version=call.prompt_version,
            tokens_in=call.usage.tokens_in,
            tokens_out=call.usage.tokens_out,
            milliseconds=call.usage.milliseconds,
            attempts=call.usage.attempts,
            outcome=call.outcome,
        )
        for call in calls
        if not call.booked
    )
