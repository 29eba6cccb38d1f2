"""On a course's analytics: what its learners asked the tutor about."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from ai.enums import TutorStyle
from ai.queries.tutor_topics import Topics, tutor_topics
from ai.services.tutor_help import style_of
from analytics.views.charts import Chart
from courses.rules import STAFF_COURSE
from lms.kernel.rules import allows
from lms.kernel.web.middleware import actor_of


def analytics_topics(request: HttpRequest, context: dict[str, Any]) -> str:
    """Questions by lesson, for staff; nothing where nobody asked and the tutor is off."""
    course, actor = context.get("course"), actor_of(request)
    if course is None or not allows(actor, STAFF_COURSE, course):
        return ""
    found = tutor_topics(actor, course)
    if style_of(course) == TutorStyle.OFF and not (found.shown or found.hidden):
        return ""
    shown = {"topics": found, "chart": _chart(found) if found.shown else None, "course": course}
    return render_to_string("ai/slots/topics.html", shown, request)


def _chart(found: Topics) -> Chart:
    questions, unanswered = _("Questions"), _("Without an answer in the course")
    titles = [one.title or _("The course as a whole") for one in found.shown]
    option = {
        "legend": {"data": [questions, unanswered]},
        "tooltip": {"axisPointer": {"type": "shadow"}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": titles,
            "axisLabel": {"width": 120, "overflow": "truncate"},
        },
        "xAxis": {"type": "value", "minInterval": 1},
        "series": [
            {"name": name, "type": "bar", "barMaxWidth": 14, "data": data}
            for name, data in (
                (questions, [one.questions for one in found.shown]),
                (unanswered, [one.open for one in found.shown]),
            )
        ],
    }
    rows = [
        [
            title,
            number_format(one.questions),
            number_format(one.people),
            number_format(one.open),
        ]
        for title, one in zip(titles, found.shown, strict=True)
    ]
    columns = [_("Lesson"), questions, _("People"), unanswered]
    return Chart(_("Questions by lesson"), option, columns, rows)
