"""What analytics tells."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("analytics.statements_received")
@dataclass(frozen=True, kw_only=True)
class StatementsReceived(Event):
    """A client told of acts of a learner on one day (UTC); `latest` is the last one's time, ISO."""

    learner_id: int
    statements: int
    latest: str


@event("analytics.report_exported")
@dataclass(frozen=True, kw_only=True)
class ReportExported(Event):
    """Staff wrote a course's report into a file of their own."""

    export_id: int
    format: str
    pseudonymous: bool


@event("analytics.report_export_taken")
@dataclass(frozen=True, kw_only=True)
class ReportExportTaken(Event):
    """Somebody downloaded such a file."""

    export_id: int


@event("analytics.report_mailed")
@dataclass(frozen=True, kw_only=True)
class ReportMailed(Event):
    """The report of a course went to somebody of its staff by mail, with which file."""

    schedule_id: int
    attach: str


@event("analytics.audit_uploaded")
@dataclass(frozen=True, kw_only=True)
class AuditUploaded(Event):
    """An administrator brought attributes of people for an audit of the early warning."""

    table_id: int
    rows: int


@event("analytics.audit_made")
@dataclass(frozen=True, kw_only=True)
class AuditMade(Event):
    """An audit was made and its attributes are deleted."""

    reports: int
