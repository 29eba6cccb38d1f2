"""A course's report as a file: asked for, written by a job, taken, forgotten."""

import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta

from django.core import signing
from django.core.files import File
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from analytics.enums import ExportFormat
from analytics.events import ReportExported, ReportExportTaken
from analytics.exchange.report_files import ENDINGS, require_parquet, writer_of
from analytics.models import ReportExport
from analytics.queries.exports import KIND, own_export, running_export
from analytics.queries.learners import LearnerFigures
from analytics.queries.report_rows import ReportRows, report_rows
from analytics.scoring.help import Assessment, assess, median
from analytics.scoring.report_tables import TABLES, Line, Table
from analytics.services.fold import fold
from analytics.services.help import signals_of
from analytics.services.totals import refresh_totals
from courses.models import Course
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from courses.services.attachment import ACCESS_FOR, Access
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.jobs import enqueue
from lms.kernel.models import Job
from lms.kernel.rules import require

KEPT_FOR = timedelta(days=2)
SALT = "analytics.export"
Progress = Callable[[int], None]


def start_export(*, actor: Actor, course: Course, kind: str, pseudonymous: bool) -> Job:
    """Start writing a course's report; the asker's own that still runs is returned instead.

    Raises what `require` raises, and Invalid on `format` for one that cannot be written here.
    """
    require(actor, ASSIST_COURSE, course)
    if kind not in ExportFormat.values:
        raise Invalid(_("Choose CSV, XLSX or Parquet."), field="format")
    if kind == ExportFormat.PARQUET:
        require_parquet()
    running = running_export(actor, course)
    if running is not None:
        return running
    params = {"course": course.pk, "format": kind, "pseudonymous": pseudonymous}
    return enqueue(KIND, actor=actor, params=params, course_id=course.pk)


def make_export(
    *, actor: Actor, course: Course, kind: str, pseudonymous: bool, job_id: int, progress: Progress
) -> ReportExport:
    """Count anew and write the file. Run again for the same job, it replaces its own result.

    Raises what `require` raises, and Invalid where the format cannot hold it.
    """
    require(actor, STAFF_COURSE, course)
    write = writer_of(kind)
    fold()
    refresh_totals(course)
    rows = report_rows(actor, course, assessments_of, pseudonymous=pseudonymous)
    with tempfile.TemporaryFile() as out:
        counts = write(_told(rows, progress), out)
        size = out.seek(0, 2)
        out.seek(0)
        return _keep(actor, course, File(out), size, counts, (kind, pseudonymous, job_id))


def take_export(*, actor: Actor, course: Course, export_id: str) -> ReportExport:
    """One's own export to download; that it was taken is an event. Raises NotFound."""
    found = own_export(actor, course, export_id)
    with transaction.atomic():
        told = ReportExportTaken(course_id=course.pk, export_id=found.pk)
        publish(told, actor=actor)
    return found


def grant_export(*, actor: Actor, export: ReportExport) -> Access:
    """An address that hands out one's own export for five minutes. Raises what `require` raises."""
    require(actor, STAFF_COURSE, export.course)
    if export.made_by_id != actor.user_id:
        raise NotFound
    token = signing.dumps(export.public_id, salt=SALT)
    return Access(url=f"/reports/files/{token}/", expires_at=clock.now() + ACCESS_FOR)


def take_by_token(*, token: str) -> ReportExport:
    """The export that such an address names, taken by who made it.

    Raises NotFound where it is forged, old or gone, or who made it no longer staffs the course.
    """
    try:
        public_id = signing.loads(token, salt=SALT, max_age=ACCESS_FOR)
    except signing.BadSignature as problem:
        raise NotFound from problem
    row = ReportExport.objects.select_related("course", "made_by").filter(public_id=public_id)
    found = row.first()
    if found is None:
        raise NotFound
    maker = actors.for_user(found.made_by)
    if not STAFF_COURSE.may(maker, found.course):
        raise NotFound
    return take_export(actor=maker, course=found.course, export_id=found.public_id)


def forget_exports(*, everything: bool = False) -> int:
    """Delete exports past their end, or all of them, with their files; how many."""
    rows = ReportExport.objects.all()
    if not everything:
        rows = rows.filter(expires_at__lte=clock.now())
    found = list(rows)
    for row in found:
        _forget(row)
    return len(found)


def file_name(row: ReportExport) -> str:
    """What the file is called for who takes it."""
    return f"{row.course.slug}-report-{row.created_at:%Y-%m-%d}.{ENDINGS[row.format]}"


def assessments_of(course: Course, figures: list[LearnerFigures]) -> dict[int, Assessment]:
    """What the fixed rule says of each learner, by key."""
    middle = median([one.completion for one in figures])
    size, now = len(figures), clock.now()
    return {one.user_id: assess(signals_of(one, course, middle, size, now)) for one in figures}


def _told(rows: ReportRows, progress: Progress) -> Iterator[tuple[Table, Iterator[Line]]]:
    for done, pair in enumerate(rows):
        progress(10 + 80 * done // len(TABLES))
        yield pair


@transaction.atomic
def _keep(
    actor: Actor,
    course: Course,
    file: File[bytes],
    size: int,
    counts: dict[str, int],
    made: tuple[str, bool, int],
) -> ReportExport:
    kind, pseudonymous, job_id = made
    for older in ReportExport.objects.filter(job_id=job_id):
        _forget(older)
    now = clock.now()
    row = ReportExport(
        course=course,
        made_by_id=actor.user_id or 0,
        job_id=job_id,
        format=kind,
        pseudonymous=pseudonymous,
        size=size,
        counts=counts,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )
    row.file.save(f"{get_random_string(32)}.{ENDINGS[kind]}", file, save=False)
    row.save()
    told = ReportExported(
        course_id=course.pk, export_id=row.pk, format=kind, pseudonymous=pseudonymous
    )
    publish(told, actor=actor)
    return row


def _forget(row: ReportExport) -> None:
    storage, name = row.file.storage, row.file.name
    row.delete()
    if name:
        transaction.on_commit(lambda: storage.delete(name), robust=True)
