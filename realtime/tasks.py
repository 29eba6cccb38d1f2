"""Work of the realtime app on the queues: telling many people, sending their mail."""

import logging
from datetime import timedelta

from celery import shared_task

from lms.kernel import clock
from lms.kernel.actors import system
from lms.kernel.jobs import JobRun, enqueue, job_task
from realtime.models import Notification, WsTicket
from realtime.services.mail import send_mail_of
from realtime.services.occasions import tell_announcement

log = logging.getLogger(__name__)

RETRY_AFTER = timedelta(minutes=5)
RETRY_FOR = timedelta(hours=24)
KEEP_NOTIFICATIONS = timedelta(days=365)


@job_task("realtime.tell_announcement", queue="default")
def spread_announcement(run: JobRun) -> dict[str, int]:
    """Notify the members of a course of an announcement."""
    return {"told": tell_announcement(announcement_id=run.params["announcement_id"])}


@job_task("realtime.mail_notifications", queue="mail")
def mail_notifications(run: JobRun) -> dict[str, int]:
    """Send up to 50 mails; one refused address does not hold up the others."""
    sent = failed = 0
    for notification_id in run.params["ids"]:
        run.checkpoint()
        try:
            sent += send_mail_of(notification_id)
        except OSError as problem:  # smtplib's errors are OSErrors
            failed += 1
            log.warning("mail of notification %s: %s", notification_id, type(problem).__name__)
    return {"sent": sent, "failed": failed}


@shared_task(name="realtime.sweep", ignore_result=True)
def sweep() -> None:
    """Try again what the mail server refused, for a day; forget what is past its time."""
    now = clock.now()
    late = Notification.objects.filter(
        mail=True, mailed_at=None, created_at__range=(now - RETRY_FOR, now - RETRY_AFTER)
    )
    ids = list(late.order_by("pk").values_list("pk", flat=True)[:50])
    if ids:
        slot = int(now.timestamp() // RETRY_AFTER.total_seconds())
        enqueue(
            "realtime.mail_notifications",
            actor=system("realtime.sweep"),
            params={"ids": ids},
            idempotency_key=f"mail-again:{slot}",
        )
    Notification.objects.filter(created_at__lt=now - KEEP_NOTIFICATIONS).delete()
    WsTicket.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
