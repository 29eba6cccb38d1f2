"""Addresses of reviews become calendar addresses like all others; programs that have one keep it."""

from typing import Any

from django.db import migrations


def bring(apps: Any, _editor: Any) -> None:
    """Every address of reviews, under the same hash."""
    feeds = apps.get_model("interop", "CalendarFeed").objects
    old = apps.get_model("analytics", "ReviewFeed").objects
    for row in old.order_by("pk").iterator():
        feeds.create(
            person_id=row.learner_id,
            scope="reviews",
            public_id=row.public_id,
            digest=row.digest,
            created_at=row.created_at,
        )
    old.all().delete()


def give_back(apps: Any, _editor: Any) -> None:
    """The same the other way."""
    feeds = apps.get_model("interop", "CalendarFeed").objects.filter(scope="reviews")
    old = apps.get_model("analytics", "ReviewFeed").objects
    for row in feeds.order_by("pk").iterator():
        old.create(
            learner_id=row.person_id,
            public_id=row.public_id,
            digest=row.digest,
            created_at=row.created_at,
        )
    feeds.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("analytics", "0014_flashcards"),
        ("interop", "0002_feed_scope"),
    ]
    run_before = [("analytics", "0015_no_review_feed")]

    operations = [migrations.RunPython(bring, give_back)]
