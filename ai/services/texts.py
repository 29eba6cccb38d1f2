"""What AI saw: texts as they left, kept for the person for some days, then forgotten (I10)."""

from datetime import timedelta

from ai.gateway.talk import Prompt
from ai.models import AiCall, CallText
from ai.queries.consent import ai_site
from ai.services.routes import Line
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound, SignInRequired
from lms.kernel.rules import require_write

MOST = 20_000


def keep_text(call: AiCall, line: Line, prompt: Prompt, reply: str, *, hidden: int) -> None:
    """Keep what left for whom it was about, or who asked; nothing when the site keeps none.

    Whoever a call is about and did not ask gets their own words alone: what they were judged by
    and what was said of them are for those who asked.
    """
    person_id = line.about or line.actor.user_id
    if person_id is None or not ai_site().text_days:
        return
    asked = person_id == line.actor.user_id
    CallText.objects.create(
        call=call,
        person_id=person_id,
        sent=_sent(prompt, own=asked)[:MOST],
        answer=reply[:MOST] if asked else "",
        hidden=hidden,
    )


def _sent(prompt: Prompt, *, own: bool) -> str:
    """The words that left, or of somebody else's question those of the person it is about."""
    if not own:
        return "\n\n".join(item.text for item in prompt.data if item.theirs)
    parts = [f"{turn.role}: {turn.text}" for turn in prompt.turns]
    parts += [f"{item.label}:\n{item.text}" for item in prompt.data]
    return "\n\n".join([prompt.task, *parts])


def delete_text(*, actor: Actor, text_id: str) -> None:
    """Delete one of one's own; the row of the ledger stays. Raises NotFound, SignInRequired."""
    if not CallText.objects.filter(person_id=_self(actor), public_id=text_id).delete()[0]:
        raise NotFound


def delete_texts(*, actor: Actor) -> int:
    """Delete all of one's own; returns how many. Raises SignInRequired."""
    return CallText.objects.filter(person_id=_self(actor)).delete()[0]


def forget_texts() -> int:
    """Delete what is past its days; returns how many."""
    old = clock.now() - timedelta(days=ai_site().text_days)
    return CallText.objects.filter(created_at__lt=old).delete()[0]


def _self(actor: Actor) -> int:
    require_write(actor)
    if actor.user_id is None:
        raise SignInRequired
    return actor.user_id
