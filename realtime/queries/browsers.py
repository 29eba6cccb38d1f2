"""The browsers in which somebody asked to be told, and what waits to be pushed to people."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from lms.kernel.actors import Actor
from realtime.models import Mailbox, Notification, PushDelivery, PushSubscription

# What is older is news no more.
PUSH_WITHIN: Final = timedelta(days=1)


def push_is_set_up() -> bool:
    """Whether this site has a key for web push."""
    return bool(settings.PUSH_KEY)


def browsers_of(actor: Actor) -> QuerySet[PushSubscription]:
    """The asker's browsers, the newest first."""
    return PushSubscription.objects.filter(user=actor.user_id or 0).order_by("-pk")


def waiting_pushes(now: datetime) -> QuerySet[Notification]:
    """Everything that waits to be pushed, unread."""
    return Notification.objects.filter(
        push=True,
        pushed_at=None,
        read_at=None,
        created_at__gt=now - PUSH_WITHIN,
        user__is_active=True,
    )


def people_to_push(now: datetime, limit: int) -> list[int]:
    """Whom something waits for that may be pushed now."""
    busy = Mailbox.objects.filter(push_not_before__gt=now).values("user")
    rows = waiting_pushes(now).exclude(user__in=busy).order_by("user_id")
    return list(rows.values_list("user_id", flat=True).distinct()[:limit])


def due_deliveries(now: datetime) -> QuerySet[PushDelivery]:
    """What is to be handed to push services, the first time or again."""
    return PushDelivery.objects.filter(Q(next_at__lte=now)).order_by("pk")
