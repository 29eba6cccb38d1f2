"""The words of a mail: one thing as it is, several as a digest by course and kind."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from realtime.enums import NotificationKind
from realtime.models import Letter, Notification
from realtime.queries.letters import chapter_title, chapters_of, heading_of, link_to
from realtime.queries.notifications import words_of
from realtime.queries.way_out import way_out

SETTINGS_PATH = "/me/notifications/settings/"
LIST_PATH = "/me/notifications/?show=unread"


def mail_of(person: User, letter: Letter, rows: list[Notification]) -> EmailMultiAlternatives:
    """The mail that tells rows to a person, in their language, with a way out of it."""
    with translation.override(person.language):
        kinds = sorted({row.kind for row in rows})
        leave = f"{settings.PUBLIC_URL}{way_out(person, kinds)}"
        context = {
            "name": person.display_name,
            "language": person.language,
            "settings_link": settings.PUBLIC_URL + SETTINGS_PATH,
            "leave_link": leave,
            **(_one(rows[0]) if len(rows) == 1 else _many(rows)),
        }
        template = "notification" if len(rows) == 1 else "digest"
        mail = EmailMultiAlternatives(
            subject=" ".join(context["title"].split()),
            body=render_to_string(f"realtime/mail/{template}.txt", context),
            to=[person.email],
            headers={
                "Message-ID": f"<{letter.public_id}@{_host()}>",
                "List-Unsubscribe": f"<{leave}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(
            render_to_string(f"realtime/mail/{template}.html", context), "text/html"
        )
    return mail


def _one(row: Notification) -> dict[str, Any]:
    return {**asdict(words_of(row)), "link": link_to(row)}


def _many(rows: list[Notification]) -> dict[str, Any]:
    chapters, hidden = chapters_of(rows)
    count, course = len(rows), heading_of(chapters)
    title = ngettext("%(count)d new notification", "%(count)d new notifications", count)
    if course:
        title = ngettext("%(count)d new in %(course)s", "%(count)d new in %(course)s", count)
    more = ngettext("and %(count)d more", "and %(count)d more", hidden) % {"count": hidden}
    return {
        "title": title % {"count": count, "course": course},
        "chapters": [
            {
                "title": chapter_title(chapter),
                "groups": [
                    {
                        "title": _counted(group.kind, group.count),
                        "lines": group.lines,
                    }
                    for group in chapter.groups
                ],
            }
            for chapter in chapters
        ],
        "more": more if hidden else "",
        "link": settings.PUBLIC_URL + LIST_PATH,
    }


def _counted(kind: NotificationKind, count: int) -> str:
    return _("%(what)s: %(count)d") % {"what": kind.label, "count": count}


def _host() -> str:
    return urlsplit(settings.PUBLIC_URL).hostname or "localhost"
