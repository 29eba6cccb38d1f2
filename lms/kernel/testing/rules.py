"""The agreement test: a rule's predicate and its queryset twin say the same of every object."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model

from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def disagreements(
    rule: Rule[Any], actors: Mapping[str, Actor], objects: Iterable[Model]
) -> list[str]:
    """Lines like "instructor on course 3: may says True, rows say False"; empty when they agree."""
    things = list(objects)
    assert things, f"{rule.name}: no objects to compare"
    lines = []
    for name, actor in actors.items():
        rows = set(rule.rows(actor).values_list("pk", flat=True))
        for thing in things:
            may = rule.may(actor, thing)
            listed = thing.pk in rows
            if may != listed:
                lines.append(f"{rule.name}: {name} on {thing!r}: may {may}, listed {listed}")
    return lines


def assert_rule_agrees(
    rule: Rule[Any], actors: Mapping[str, Actor], objects: Iterable[Model]
) -> None:
    """Fail with every disagreement."""
    lines = disagreements(rule, actors, objects)
    assert not lines, "\n".join(lines)
