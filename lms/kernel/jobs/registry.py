"""Which task runs which kind of job, on which queue."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lms.kernel.jobs.run import JobRun

Handler = Callable[["JobRun"], dict[str, Any] | None]

QUEUES = ("default", "grading", "mail", "ai", "analytics")
_handlers: dict[str, tuple[str, Handler]] = {}


def register(kind: str, queue: str, handler: Handler) -> None:
    """Register a handler; raises ValueError for an unknown queue."""
    if queue not in QUEUES:
        msg = f"{kind}: there is no queue {queue}"
        raise ValueError(msg)
    _handlers[kind] = (queue, handler)


def queue_of(kind: str) -> str:
    """The queue of a kind; raises KeyError when no task registered it."""
    return _handlers[kind][0]


def handler_of(kind: str) -> Handler:
    """The function that does the work."""
    return _handlers[kind][1]


def kinds() -> list[str]:
    """Every registered kind."""
    return sorted(_handlers)
