"""What builds on what: no outcome builds on itself, however many others are between."""

from collections.abc import Collection, Mapping


def circle(edges: Mapping[int, Collection[int]], start: int, wanted: Collection[int]) -> list[int]:
    """The shortest way from `start` back to itself if it is to build on `wanted`; [] if none.

    `edges` say what each other one builds on. The way begins and ends with `start`.
    """
    before: dict[int, int] = {}
    ahead = list(dict.fromkeys(wanted))
    before.update(dict.fromkeys(ahead, start))
    while ahead:
        here = ahead.pop(0)
        if here == start:
            return _way(before, start)
        for further in edges.get(here, ()):
            if further not in before:
                before[further] = here
                ahead.append(further)
    return []


def _way(before: Mapping[int, int], start: int) -> list[int]:
    found = [start, before[start]]
    while found[-1] != start:
        found.append(before[found[-1]])
    return found[::-1]
