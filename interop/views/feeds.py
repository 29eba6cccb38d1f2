"""Private addresses of calendars, and the calendar that is behind one."""

from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses.rules import OPEN_COURSE, VIEW_COURSE
from courses.views.doors import refusals
from interop.enums import FeedScope
from interop.exchange.ical import calendar
from interop.models import CalendarFeed
from interop.queries.calendar import my_courses
from interop.queries.feed import (
    feed_address,
    feed_of,
    lines_of,
    own_feeds,
    stamp_of,
)
from interop.rules import VIEW_FEED
from interop.services.feed import digest_of, end_feed, make_feed
from lms.kernel.errors import SignInRequired
from lms.kernel.rules import fetch, require
from lms.kernel.web.middleware import actor_of

ONLY_REVIEWS = "reviews:"  # no slug has a colon
KEPT_SECONDS = 60
ASK_AGAIN_SECONDS = 900


@require_http_methods(["GET", "HEAD", "POST"])
def feeds(request: HttpRequest) -> HttpResponse:
    """The asker's calendar addresses; a new one (POST) is shown once.

    `course` is the slug of a course, `reviews:` for cards to review alone, or nothing for all.
    """
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    address, made = "", None
    if request.method == "POST":
        slug = request.POST.get("course", "")
        scope = FeedScope.REVIEWS if slug == ONLY_REVIEWS else FeedScope.DATES
        slug = "" if scope == FeedScope.REVIEWS else slug
        course = fetch(actor, VIEW_COURSE, slug=slug) if slug else None
        if course is not None:
            require(actor, OPEN_COURSE, course)
        with refusals(request):
            made, token = make_feed(actor=actor, course=course, scope=scope)
            address = feed_address(token)
    context = {
        "feeds": list(own_feeds(actor)),
        "courses": my_courses(actor),
        "address": address,
        "made": made,
        "only_reviews": ONLY_REVIEWS,
    }
    return render(request, "interop/calendar/feeds.html", context)


@require_POST
def end(request: HttpRequest, feed_id: str) -> HttpResponse:
    """End an address."""
    actor = actor_of(request)
    end_feed(actor=actor, feed=fetch(actor, VIEW_FEED, public_id=feed_id))
    messages.success(request, _("The address is ended. Programs that have it get nothing more."))
    return redirect("calendar-feeds")


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a private address; nobody signs in here."""
    body = _body(feed_of(digest_of(token)))
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    answer = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    answer["ETag"] = etag
    answer["Cache-Control"] = f"private, max-age={ASK_AGAIN_SECONDS}"
    answer["Content-Disposition"] = 'inline; filename="cairn.ics"'
    answer["X-Robots-Tag"] = "noindex"
    patch_vary_headers(answer, ["Accept-Encoding"])
    found = get_conditional_response(request, etag=etag, response=answer)
    assert isinstance(found, HttpResponse)  # noqa: S101 - narrows the type
    return found


def _body(row: CalendarFeed) -> bytes:
    """The calendar, made anew once a minute at most while nothing about its person changes."""
    key = f"calendar-feed:{digest_of(stamp_of(row))}"
    kept = cache.get(key)
    if isinstance(kept, bytes):
        return kept
    found = lines_of(row)
    body = calendar(found.lines, name=found.name, site=settings.PUBLIC_URL)
    cache.set(key, body, KEPT_SECONDS)
    return body
