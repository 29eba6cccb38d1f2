"""Audits of the early warning by groups of people: attributes in, a report out, attributes gone."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.events import AuditMade, AuditUploaded
from analytics.exchange.audit_file import Said, read_audit
from analytics.models import AuditTable, AuditValue, FairnessReport
from analytics.queries.audits import KIND, Foretold, foretold, values_of
from analytics.queries.institution import require_administrator
from analytics.scoring.risk.fairness import LEAST, fairness
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.events import publish
from lms.kernel.jobs import enqueue
from lms.kernel.models import Job
from lms.kernel.rules import require_write

KEPT_FOR = timedelta(days=30)


@transaction.atomic
def start_audit(*, actor: Actor, data: bytes) -> Job:
    """Keep attributes of people for one audit and start it; older ones are deleted.

    Rows that name nobody here are counted and dropped. Raises what `require_administrator`
    raises, Denied without the right to write, and Invalid on `file`.
    """
    require_administrator(actor)
    require_write(actor)
    said = read_audit(data)
    people = _people(said)
    values = {
        (people[one.person.lower()], one.attribute): one.value
        for one in said
        if one.person.lower() in people
    }
    if not values:
        raise Invalid(_("No row names somebody who has an account here."), field="file")
    AuditTable.objects.all().delete()
    now = clock.now()
    table = AuditTable.objects.create(
        uploaded_by_id=actor.user_id,
        created_at=now,
        delete_at=now + KEPT_FOR,
        unknown=sum(one.person.lower() not in people for one in said),
    )
    AuditValue.objects.bulk_create(
        [
            AuditValue(table=table, user_id=user, attribute=attribute, value=value)
            for (user, attribute), value in values.items()
        ],
        batch_size=1_000,
    )
    publish(AuditUploaded(table_id=table.pk, rows=len(values)), actor=actor)
    return enqueue(KIND, actor=actor, params={"table": table.pk})


def audit_fairness(*, actor: Actor, table_id: int) -> list[FairnessReport]:
    """Report on each model by the attributes brought, and delete these with it.

    None where the attributes are gone. Raises what `require_administrator` raises.
    """
    require_administrator(actor)
    table = AuditTable.objects.filter(pk=table_id).first()
    if table is None:
        return []
    attributes = values_of(table)
    by_model: dict[int | None, list[Foretold]] = defaultdict(list)
    for model, one in foretold():
        by_model[model].append(one)
    reports = [_report(model, rows, attributes) for model, rows in by_model.items()]
    if not reports:
        reports = [_report(None, [], attributes)]
    with transaction.atomic():
        FairnessReport.objects.bulk_create(reports)
        table.delete()
        publish(AuditMade(reports=len(reports)), actor=actor)
    return reports


def forget_audits() -> int:
    """Delete attributes whose time is over, whatever became of their audit; how many tables."""
    found = AuditTable.objects.filter(delete_at__lte=clock.now())
    count = found.count()
    found.delete()
    return count


def _report(
    model: int | None, rows: Sequence[Foretold], attributes: dict[str, dict[int, str]]
) -> FairnessReport:
    import numpy as np

    courses = len({one.course for one in rows})
    report = FairnessReport(model_id=model, n=len(rows), courses=courses, created_at=clock.now())
    if len(rows) < LEAST:
        text = _(
            "An audit needs at least %(least)d learners of ended courses of whom this model told"
            " a chance and whose outcome is known; there are %(n)d."
        )
        report.reason = text % {"least": LEAST, "n": len(rows)}
        return report
    groups = {
        name: [values.get(one.learner, "") for one in rows] for name, values in attributes.items()
    }
    report.body = fairness(
        np.array([float(one.failed) for one in rows]),
        np.array([one.chance for one in rows]),
        groups,
    )
    return report


def _people(said: Sequence[Said]) -> dict[str, int]:
    """The keys of people by what the rows call them, in small letters."""
    named = {one.person for one in said}
    found: dict[str, int] = {}
    rows = User.objects.filter(erased_at=None).annotate(address=Lower("email"))
    small = sorted({name.lower() for name in named})
    for start in range(0, len(small), 500):
        part = rows.filter(address__in=small[start : start + 500])
        found.update(part.values_list("address", "pk"))
    ids = sorted(named)
    for start in range(0, len(ids), 500):
        part = rows.filter(public_id__in=ids[start : start + 500])
        found.update({public.lower(): pk for public, pk in part.values_list("public_id", "pk")})
    return found
