"""Rules: for each verb a predicate and its queryset twin, side by side, kept in agreement by tests.

An agreement test checks for each rule, role and object that
`obj in rule.rows(actor)` equals `rule.may(actor, obj)`.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from lms.kernel.actors import Actor
from lms.kernel.db.worded import WordedObjects
from lms.kernel.errors import Denied, NotFound, SignInRequired

M = TypeVar("M", bound=Model)

_registry: dict[str, "Rule[Any]"] = {}


class Rule(Generic[M]):
    """One verb on one kind of object.

    `writes` marks verbs that need the write scope and are refused in preview.
    `visible` is the rule that says who may know that the object exists; without it the rule
    itself decides, so that a refusal looks like a missing object.
    `public` rules let nobody-in-particular through to the predicate instead of asking to sign in.
    `direct` is the model of a rule whose predicate costs less than its queryset: `fetch` reads the
    object by its key and asks the predicate, which agrees with the queryset. The words of that
    question are kept, so that the model's default manager may not filter by what changes.
    """

    __slots__ = ("direct", "may", "name", "public", "rows", "visible", "writes")

    def __init__(
        self,
        name: str,
        *,
        may: Callable[[Actor, M], bool],
        rows: Callable[[Actor], QuerySet[M]],
        writes: bool = False,
        visible: "Rule[M] | None" = None,
        public: bool = False,
        direct: type[M] | None = None,
    ) -> None:
        if name in _registry:
            msg = f"rule {name} is registered twice"
            raise ValueError(msg)
        self.name, self.may, self.rows = name, may, rows
        self.writes, self.visible, self.public = writes, visible, public
        self.direct = direct
        _registry[name] = self

    def __repr__(self) -> str:
        return f"<Rule {self.name}>"


def all_rules() -> list["Rule[Any]"]:
    """Every registered rule, by name."""
    return [_registry[name] for name in sorted(_registry)]


def allows(actor: Actor, rule: Rule[M], obj: M) -> bool:
    """Whether `require` would pass, for showing and hiding controls."""
    if rule.writes and not actor.can_write:
        return False
    return rule.may(actor, obj)


def require(actor: Actor, rule: Rule[M], obj: M) -> None:
    """Pass, or raise what the asker may know.

    Raises SignInRequired for nobody on a door that is not public, NotFound when the object is not
    visible to the asker, Denied when it is visible but the verb is not theirs.
    """
    if allows(actor, rule, obj):
        return
    if not actor.signed_in and not actor.is_system:
        raise SignInRequired
    seen = rule.visible or rule
    if seen is rule and rule.writes and rule.may(actor, obj):
        raise Denied(_read_only_words(actor))
    if seen is rule or not seen.may(actor, obj):
        raise NotFound
    if rule.writes and not actor.can_write:
        raise Denied(_read_only_words(actor))
    raise Denied


def require_write(actor: Actor) -> None:
    """For verbs on nothing yet (creating): someone signed in whose scopes allow writing."""
    if not actor.signed_in and not actor.is_system:
        raise SignInRequired
    if not actor.can_write:
        raise Denied(_read_only_words(actor))


def fetch(
    actor: Actor,
    rule: Rule[M],
    *,
    select: tuple[str, ...] = (),
    only: tuple[str, ...] = (),
    **lookup: Any,
) -> M:
    """One object through a read rule, with `select` relations joined; `only` names the columns.

    The lookup names one object at most.

    Raises SignInRequired for nobody unless the rule is public, NotFound when absent or not visible.
    """
    if not rule.public and not actor.signed_in and not actor.is_system:
        raise SignInRequired
    if any(isinstance(value, str) and "\x00" in value for value in lookup.values()):
        raise NotFound
    if rule.direct is None or only:
        rows = rule.rows(actor).select_related(*select).filter(**lookup)
        found = (rows.only(*only) if only else rows).first()
    else:
        found = _by_key(rule.direct, select, lookup)
    if found is None or (rule.direct is not None and not rule.may(actor, found)):
        raise NotFound
    return found


def _by_key(model: type[M], select: tuple[str, ...], lookup: dict[str, Any]) -> M | None:
    """The object that a lookup names; worded once where it is a plain key."""
    if not select and len(lookup) == 1:
        ((name, value),) = lookup.items()
        if name in {"slug", "public_id"} and type(value) is str:
            return next(iter(_keyed(model, name).objects(value)), None)
    return model._default_manager.select_related(*select).filter(**lookup).first()


@cache
def _keyed(model: type[M], name: str) -> WordedObjects[M]:
    return WordedObjects(model, lambda key: model._default_manager.filter(**{name: key}))


def _read_only_words(actor: Actor) -> str:
    if actor.preview_course_id is not None:
        return "You are viewing the course as a student. Leave the preview to change things."
    return "This token may only read."
