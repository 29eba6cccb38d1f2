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
    """Keep what left for whom it was about, or who asked; nothing when the site keeps none."""
    person_id = line.about or line.actor.user_id
    if person_id is None or not ai_site().text_days:
        return
    parts = [f"{turn.role}: {turn.text}" for turn in prompt.turns]
    parts += [f"{item.label}:\n{item.text}" for item in prompt.data]
    sent = "\n\n".join([prompt.task, *parts])
    CallText.objects.create(
        call=call,
        person_id=person_id,
        sent=sent[:MOST],
        answer=reply[:MOST],
        hidden=hidden,
    )


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
