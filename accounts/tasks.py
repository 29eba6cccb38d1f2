"""Scheduled work of accounts; twice at once does no harm."""

from celery import shared_task

from accounts.services.access import forget_expired_sessions
from accounts.services.tokens import forget_dead_tokens


@shared_task(name="accounts.forget", ignore_result=True)
def forget() -> None:
    """Remove what is past its retention: tokens that ended, sessions that expired (V3)."""
    forget_dead_tokens()
    forget_expired_sessions()
