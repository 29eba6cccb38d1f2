"""What analytics does when something happens elsewhere."""

from accounts.events import PersonErased
from analytics.services.exports import forget_exports
from lms.kernel.events import subscribe


@subscribe(PersonErased, name="analytics.forget_exports")
def forget_files_with_the_person(told: PersonErased, record_id: int) -> None:
    """Files cannot be searched for one person, and are soon made again: all of them go (V2)."""
    forget_exports(everything=True)
