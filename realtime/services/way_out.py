"""End mail of some kinds from the mail itself, and take that back."""

from lms.kernel import actors
from realtime.queries.notifications import preferences_of
from realtime.queries.way_out import OFF, ON, WayOut, read_way
from realtime.services.preferences import set_preference


def end_mail(*, token: str) -> tuple[WayOut, list[str]]:
    """No more mail of the kinds that a signed token names; also which were on until now.

    The token stands for the person. Again is no error. Raises NotFound for a token that is none.
    """
    way = read_way(token, OFF)
    return way, _switch(way, mail=False)


def begin_mail(*, token: str) -> WayOut:
    """Take `end_mail` back. Raises NotFound, also an hour after it."""
    way = read_way(token, ON)
    _switch(way, mail=True)
    return way


def _switch(way: WayOut, *, mail: bool) -> list[str]:
    """Set the mail of each kind and leave its other switches; which of them changed."""
    actor, changed = actors.for_user(way.person), []
    for row in preferences_of(way.person.pk):
        if row.kind in way.kinds and row.mail != mail:
            changed.append(row.kind.value)
            set_preference(actor=actor, kind=row.kind, in_app=row.in_app, mail=mail)
    return changed
