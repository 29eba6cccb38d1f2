"""Send the mail of a notification once, in the person's language."""

from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.db.locks import lock
from lms.kernel.jobs import enqueue
from realtime.models import Notification
from realtime.queries.notifications import words_of

SETTINGS_PATH = "/me/notifications/"
RETRY_AFTER = timedelta(minutes=5)
RETRY_FOR = timedelta(hours=24)
RETRY_AT_ONCE = 50


def send_mail_of(notification_id: int) -> bool:
    """Send it unless it was sent; False when there was nothing to send.

    The row is marked before the mail leaves, so that two workers cannot both send it, and unmarked
    when the mail server refuses, so that it is tried again.
    """
    with transaction.atomic():
        rows = Notification.objects.select_related("user", "course")
        row = lock(rows.filter(pk=notification_id, mail=True, mailed_at=None)).first()
        if row is None or not row.user.is_active:
            return False
        row.mailed_at = clock.now()
        row.save(update_fields=["mailed_at"])
    try:
        _message(row).send()
    except Exception:
        Notification.objects.filter(pk=row.pk).update(mailed_at=None)
        raise
    return True


def send_late_mail() -> int:
    """Queue again what a mail server refused, for a day; returns how many mails."""
    now = clock.now()
    late = Notification.objects.filter(
        mail=True,
        mailed_at=None,
        user__is_active=True,
        created_at__range=(now - RETRY_FOR, now - RETRY_AFTER),
    )
    ids = list(late.order_by("pk").values_list("pk", flat=True)[:RETRY_AT_ONCE])
    if ids:
        slot = int(now.timestamp() // RETRY_AFTER.total_seconds())
        enqueue(
            "realtime.mail_notifications",
            actor=system("realtime.sweep"),
            params={"ids": ids},
            idempotency_key=f"mail-again:{slot}",
        )
    return len(ids)


def _message(row: Notification) -> EmailMultiAlternatives:
    with translation.override(row.user.language):
        words = words_of(row)
        context = {
            "name": row.user.display_name,
            "title": words.title,
            "detail": words.detail,
            "language": row.user.language,
            "link": settings.PUBLIC_URL + (row.url or "/me/"),
            "settings_link": settings.PUBLIC_URL + SETTINGS_PATH,
        }
        mail = EmailMultiAlternatives(
            subject=" ".join(words.title.split()),
            body=render_to_string("realtime/mail/notification.txt", context),
            to=[row.user.email],
            headers={
                "List-Unsubscribe": f"<{context['settings_link']}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(
            render_to_string("realtime/mail/notification.html", context), "text/html"
        )
    return mail
