"""What assessments do when something happens elsewhere."""

from accounts.events import PersonErased
from assessments.services.bank_share import tidy_left_banks
from lms.kernel.events import subscribe


@subscribe(PersonErased, name="assessments.tidy_banks_after_erasure")
def tidy_banks_after_erasure(_event: PersonErased, _record_id: int) -> None:
    """The bank of an erased person is nobody's: what no course uses goes."""
    tidy_left_banks()
