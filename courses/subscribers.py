"""What courses do when something happens elsewhere."""

from accounts.events import PersonErased
from courses.services.reconcile import reconcile
from lms.kernel.events import subscribe


@subscribe(PersonErased, name="courses.recount_after_erasure")
def recount_after_erasure(_event: PersonErased, _record_id: int) -> None:
    """An erased person's enrolments are gone: bring the counters after them."""
    reconcile()
