"""My learning: go on where you stopped."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.queries.contents import where_to_go_on
from courses.queries.dashboard import my_learning
from lms.kernel.errors import SignInRequired
from lms.kernel.web.middleware import actor_of


@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """The exact next item, every course with its progress, and what other apps have to say."""
    actor = actor_of(request)
    if not actor.signed_in:
        raise SignInRequired
    learning = list(my_learning(actor))
    running = [row for row in learning if row.completion < 1]
    current = running[0] if running else None
    context = {
        "learning": learning,
        "current": current,
        "item": where_to_go_on(actor, current.course, current) if current else None,
        "finished": sum(row.completed_at is not None for row in learning),
        "seconds": sum(row.seconds for row in learning),
        "done": sum(row.completed_lessons for row in learning),
    }
    return render(request, "courses/dashboard/index.html", context)
