"""What can go wrong in rooms, beyond the kernel's errors."""

from lms.kernel.errors import KernelError


class NotAMember(KernelError):
    """The person's right to the room ended while their socket was open; it is closed with 4403."""

    status = 403
    code = "not_a_member"

    def __init__(self) -> None:
        super().__init__("You are no longer in this course.")
