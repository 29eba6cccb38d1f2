"""Open University tables as acts: joining, handing in with a score, leaving."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from analytics.scoring.acts import Act, Verb
from analytics.scoring.risk.records import Member

# The letter of a presentation is the month in which it starts.
MONTHS = {"B": 2, "J": 10}


def start_of(presentation: str) -> datetime:
    """The first day of a presentation, as in 2013J: of October 2013."""
    return datetime(int(presentation[:4]), MONTHS.get(presentation[4:], 1), 1, tzinfo=UTC)


def oulad_acts(members: Iterable[Member]) -> Iterator[Act]:
    """What these students did, run by run and student by student; `line` counts them."""
    line = 0
    for one in sorted(members, key=lambda member: (member.run.key, member.key)):
        start = start_of(one.run.key.partition("/")[2])
        for day, verb, task, score in _of(one):
            line += 1
            yield Act(
                line=line,
                course=one.run.key,
                learner=one.key,
                at=start + timedelta(days=day),
                verb=verb,
                object=task,
                score=score,
            )


def _of(one: Member) -> list[tuple[float, Verb, str, Decimal | None]]:
    found: list[tuple[float, Verb, str, Decimal | None]] = []
    if one.joined is not None:
        found.append((one.joined, Verb.JOINED, "", None))
    for task, work in one.handed.items():
        if work.carried:
            continue  # handed in in an earlier run
        score = None if work.score is None else Decimal(str(work.score))
        found.append((work.day, Verb.SUBMITTED, task, score))
    found.sort(key=lambda act: (act[0], act[2]))
    if one.left is not None:
        found.append((max(one.left, *(act[0] for act in found), one.left), Verb.LEFT, "", None))
    return found
