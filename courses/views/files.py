"""Files of a course: access is checked here, the bytes come from the storage (U2, U3)."""

from typing import Any

from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from courses.rules import VIEW_ATTACHMENT, VIEW_COURSE
from courses.services.attachment import attachment_by_token, grant_access
from courses.views.doors import find_course
from courses.views.ranges import file_response
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch
from lms.kernel.web.middleware import actor_of

# Shown in the page; everything else is handed out as a download.
INLINE = ("video/", "audio/", "image/png", "image/jpeg", "image/gif", "image/webp")


@require_safe
@cache_control(no_store=True)
def attachment(request: HttpRequest, slug: str, file_id: str) -> HttpResponseBase:
    """Check the access of this person and lead to an address that works for five minutes."""
    course = find_course(request, slug)
    actor = actor_of(request)
    found = fetch(actor, VIEW_ATTACHMENT, public_id=file_id, course=course)
    return redirect(grant_access(actor=actor, attachment=found).url)


@require_safe
@cache_control(no_store=True)
def embedded(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """Where `attachment:<id>` in Markdown leads: the same check, without naming the course."""
    actor = actor_of(request)
    found = fetch(actor, VIEW_ATTACHMENT, public_id=file_id)
    return redirect(grant_access(actor=actor, attachment=found).url)


@require_safe
@cache_control(private=True, max_age=300)
def signed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The bytes behind such an address; whoever holds it within its time may read."""
    found = attachment_by_token(token)
    return send_file(request, found.file, found.name, found.content_type)


@require_safe
@cache_control(private=True, max_age=24 * 3600)
def cover(request: HttpRequest, course_id: str, version: int) -> HttpResponseBase:
    """The picture of a course; `version` only makes the address change with it."""
    course = fetch(actor_of(request), VIEW_COURSE, public_id=course_id)
    if not course.cover:
        raise NotFound
    return send_file(request, course.cover, f"{course.slug}-{version}.webp", "image/webp")


def send_file(
    request: HttpRequest,
    file: FieldFile,
    name: str,
    content_type: str,
    *,
    download: bool = False,
) -> HttpResponseBase:
    """Stream a local file or a part of it, or lead to the storage's short-lived signed address.

    `download` hands out pictures, sound and films too instead of showing them.
    """
    inline = content_type.startswith(INLINE) and not download
    if not isinstance(file.storage, FileSystemStorage):
        return HttpResponseRedirect(_elsewhere(file, name, content_type, inline=inline))
    response = file_response(request, file, name=name, content_type=content_type, inline=inline)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _elsewhere(file: FieldFile, name: str, content_type: str, *, inline: bool) -> str:
    """The signed address at another store, which is told how to hand the file out."""
    if inline:
        return file.url
    disposition = content_disposition_header(as_attachment=True, filename=name)
    told = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
    storage: Any = file.storage
    return str(storage.url(file.name, parameters=told))
