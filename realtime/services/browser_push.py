"""Push what waits to people's browsers: one push of many things, at no quiet hour.

Words stay here: a push says of which kind something is and how many, and where to read it.
"""

import json
import logging
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ai.gateway.fetching import FetchRefused, Guard
from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.db.locks import lock
from lms.kernel.jobs import enqueue
from realtime.enums import NotificationKind
from realtime.gateway.web_push import KEEP_FOR, Browser, Site, push
from realtime.models import Mailbox, Notification, PushDelivery, PushSubscription
from realtime.queries.browsers import due_deliveries, people_to_push, waiting_pushes
from realtime.queries.times import hours_of

log = logging.getLogger(__name__)

JOB: Final = "realtime.push"
# So long after one push the next may come.
PAUSE: Final = timedelta(minutes=1)
FIRST_RETRY: Final = timedelta(seconds=30)
LAST_RETRY: Final = timedelta(minutes=30)
QUEUED_FOR: Final = timedelta(minutes=5)
MOST_PEOPLE: Final = 500
MOST_DELIVERIES: Final = 2_000
PER_JOB: Final = 50
LIST_PATH: Final = "/me/notifications/?show=unread"
GONE: Final = frozenset({404, 410})
LATER: Final = frozenset({0, 408, 425, 429})


@transaction.atomic
def prepare_pushes() -> int:
    """Make one push of what waits for each person; returns how many people."""
    now = clock.now()
    people = people_to_push(now, MOST_PEOPLE)
    if not people:
        return 0
    Mailbox.objects.bulk_create([Mailbox(user_id=pk) for pk in people], ignore_conflicts=True)
    boxes = list(lock(Mailbox.objects.filter(user__in=people), skip_locked=True))
    hours = hours_of(box.user_id for box in boxes)
    loud = []
    for box in boxes:
        quiet = hours[box.user_id].quiet_end(now)
        box.push_not_before = quiet or now + PAUSE
        if quiet is None:
            loud.append(box.user_id)
    Mailbox.objects.bulk_update(boxes, ["push_not_before"], batch_size=200)
    _make(loud, now)
    return len(loud)


def _make(people: list[int], now: datetime) -> None:
    waiting = list(waiting_pushes(now).filter(user__in=people).order_by("pk"))
    things: dict[int, list[Notification]] = {}
    for row in waiting:
        things.setdefault(row.user_id, []).append(row)
        row.pushed_at = now
    Notification.objects.bulk_update(waiting, ["pushed_at"], batch_size=500)
    made = []
    for browser in PushSubscription.objects.filter(user__in=list(things)):
        rows = things[browser.user_id]
        kinds = {row.kind for row in rows}
        made.append(
            PushDelivery(
                subscription=browser,
                notification=rows[-1].public_id,
                kind=kinds.pop() if len(kinds) == 1 else "",
                things=len(rows),
                created_at=now,
                next_at=now,
            )
        )
    PushDelivery.objects.bulk_create(made)


@transaction.atomic
def queue_pushes() -> int:
    """Queue what is to be handed to push services; returns how many pushes."""
    now = clock.now()
    rows = list(lock(due_deliveries(now), skip_locked=True)[:MOST_DELIVERIES])
    ids = [row.pk for row in rows]
    PushDelivery.objects.filter(pk__in=ids).update(next_at=now + QUEUED_FOR)
    for start in range(0, len(ids), PER_JOB):
        enqueue(
            JOB,
            actor=system("realtime.push"),
            params={"deliveries": ids[start : start + PER_JOB]},
        )
    return len(ids)


def deliver_push(*, delivery_id: int, guard: Guard | None = None) -> bool:
    """Hand one push to its service; whether it was taken.

    Where the service says that the browser is gone, so is its row. What it cannot take now is
    tried again, later each time, for six hours.
    """
    with transaction.atomic():
        rows = PushDelivery.objects.filter(pk=delivery_id)
        row = lock(rows).select_related("subscription__user").first()
        if row is None:
            return False
        row.tries += 1
        row.next_at = clock.now() + min(FIRST_RETRY * 2**row.tries, LAST_RETRY)
        row.save(update_fields=["tries", "next_at"])
    person, browser = row.subscription.user, row.subscription
    if not person.is_active or clock.now() - row.created_at > KEEP_FOR:
        row.delete()
        return False
    status = _status(row, guard)
    if status in GONE:
        browser.delete()
    elif 200 <= status < 300:
        PushSubscription.objects.filter(pk=browser.pk).update(used_at=clock.now())
        row.delete()
    elif status not in LATER and status < 500:
        # A key that is not this site's any more, or a message that the service does not like.
        log.warning("push %s: its service answered %s", row.pk, status)
        row.delete()
    return 200 <= status < 300


def _status(row: PushDelivery, guard: Guard | None) -> int:
    """What the service answered, 0 when it was not reached."""
    kept = row.subscription
    browser = Browser(kept.endpoint, kept.p256dh, kept.auth)
    with translation.override(kept.user.language):
        payload = payload_of(row)
    try:
        return push(browser, payload, _site(), clock.now(), guard).status
    except FetchRefused:
        return 0


def payload_of(row: PushDelivery) -> bytes:
    """What a browser shows: a kind, a number, an address. No name and nothing anybody wrote."""
    known = row.kind in NotificationKind.values
    title = NotificationKind(row.kind).label if known else _("New notifications")
    body = ngettext("%(count)d new", "%(count)d new", row.things) % {"count": row.things}
    shown = {
        "id": row.notification,
        "kind": row.kind,
        "title": str(title),
        "body": body,
        "url": f"{LIST_PATH}#n-{row.notification}",
    }
    return json.dumps(shown).encode()


def _site() -> Site:
    contact = settings.PUBLIC_URL
    if not contact.startswith("https://"):
        address = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].rstrip("> ")
        contact = f"mailto:{address}"
    return Site(settings.PUSH_KEY, contact)
