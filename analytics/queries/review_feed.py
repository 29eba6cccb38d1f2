"""Whose reviews are behind a private address; the calendar itself is `interop`'s."""

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from analytics.models import ReviewFeed
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound


def feed_of(actor: Actor) -> ReviewFeed | None:
    """The asker's feed, None without one."""
    return ReviewFeed.objects.filter(learner=actor.user_id).first()


def feed_address(token: str) -> str:
    """The whole address of a feed."""
    return f"{settings.PUBLIC_URL}{reverse('review-calendar', args=[token])}"


def reader_of(digest: str) -> User:
    """Whose cards the token of a digest tells. Raises NotFound, also where they are locked out."""
    rows = ReviewFeed.objects.filter(digest=digest, learner__is_active=True)
    row = rows.filter(learner__erased_at=None).select_related("learner").first()
    if row is None:
        raise NotFound
    found: User = row.learner
    return found
