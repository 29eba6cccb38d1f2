"""Addresses of the interop app: pages, feeds, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from interop.api.calendar import CalendarViewSet
from interop.api.events import CalendarEventViewSet
from interop.api.feeds import CalendarFeedViewSet
from interop.views import calendar, events, feeds

page_urlpatterns: list[URLPattern | URLResolver] = [
    path("me/calendar/", calendar.mine, name="my-calendar"),
    path("me/calendar/new/", events.plan_own, name="my-calendar-new"),
    path("me/calendar/addresses/", feeds.feeds, name="calendar-feeds"),
    path("me/calendar/addresses/<str:feed_id>/end/", feeds.end, name="calendar-feed-end"),
    path("me/calendar/<str:event_id>/", events.event, name="calendar-event"),
    path("me/calendar/<str:event_id>/off/", events.call_off, name="calendar-event-off"),
    path("c/<slug:slug>/calendar/", calendar.of_course, name="course-calendar"),
    path("teach/<slug:slug>/calendar/new/", events.plan_in_course, name="course-calendar-new"),
    # The address that was made while reviews had one of a kind of their own.
    path("calendars/reviews/<str:token>.ics", feeds.feed, name="review-calendar"),
    path("calendars/<str:token>.ics", feeds.feed, name="calendar-feed"),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("calendar/events", CalendarEventViewSet, basename="calendar-events")
    router.register("calendar/feeds", CalendarFeedViewSet, basename="calendar-feeds")
    router.register("calendar", CalendarViewSet, basename="calendar")
