"""Answers that the same question gets again without a call.

Only purposes whose answer should not vary are cached. An answer is shared inside one course among
people of the same role, since only they may see the same texts; without a course with nobody else.
Cached replies hold placeholders, never names: each asker's own names are put back.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import timedelta
from typing import TYPE_CHECKING

from ai.enums import CallOutcome, Purpose
from ai.gateway.provider import Usage
from ai.models import AiCall, CachedAnswer, Reservation
from ai.queries.budget import role_of
from ai.queries.consent import ai_site
from lms.kernel import clock

if TYPE_CHECKING:
    from ai.services.calling import Question
    from ai.services.routes import Line, Route

STEADY = frozenset({Purpose.SUMMARY, Purpose.TRANSLATION, Purpose.MODERATION, Purpose.MARKING})


def digest_of(line: "Line", route: "Route", question: "Question") -> str:
    """The key of a question, empty when its purpose is not cached."""
    if line.purpose not in STEADY or not ai_site().cache_hours:
        return ""
    role = role_of(line.actor, line.course)
    scope = ["course", line.course.pk, role] if line.course else ["person", line.actor.user_id]
    parts = [
        scope,
        line.purpose,
        route.provider,
        route.endpoint.url,
        route.model,
        route.temperature,
        route.most,
        question.max_tokens,
        asdict(question.prompt),
        question.json_schema,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def from_cache(digest: str, line: "Line", route: "Route", label: str) -> str | None:
    """The reply, with a row in the ledger that says what it saved; None when there is none."""
    fresh = clock.now() - timedelta(hours=ai_site().cache_hours)
    row = CachedAnswer.objects.filter(digest=digest, created_at__gte=fresh).first()
    if row is None:
        return None
    AiCall.objects.create(
        actor_kind=line.actor.kind,
        person_id=line.actor.user_id,
        course=line.course,
        job_id=line.job_id,
        role=role_of(line.actor, line.course),
        purpose=line.purpose,
        provider=route.provider,
        model=route.model[:120],
        prompt_version=label,
        attempts=0,
        saved_tokens=row.tokens_in + row.tokens_out,
        saved_cost=row.cost,
        outcome=CallOutcome.CACHED,
    )
    return row.reply


def into_cache(digest: str, line: "Line", held: Reservation, reply: str, usage: Usage) -> None:
    """Keep a reply that was understood."""
    cost = usage.tokens_in * held.per_million_in + usage.tokens_out * held.per_million_out
    CachedAnswer.objects.update_or_create(
        digest=digest,
        defaults={
            "course": line.course,
            "reply": reply,
            "tokens_in": usage.tokens_in,
            "tokens_out": usage.tokens_out,
            "cost": cost,
            "created_at": clock.now(),
        },
    )


def forget_old() -> int:
    """Delete what is too old to be used; returns how many."""
    old = clock.now() - timedelta(hours=ai_site().cache_hours)
    return CachedAnswer.objects.filter(created_at__lt=old).delete()[0]
