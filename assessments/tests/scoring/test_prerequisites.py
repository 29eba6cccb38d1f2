"""What builds on what: a circle is found with its way, and none is seen where none is."""

from itertools import combinations, pairwise, product

from assessments.scoring.prerequisites import circle

NODES = (0, 1, 2, 3)
SETS = [found for size in range(3) for found in combinations(NODES, size)]


def test_a_circle_is_told_with_its_way() -> None:
    edges = {1: [2], 2: [3, 4], 3: [5]}
    assert circle(edges, 5, [1]) == [5, 1, 2, 3, 5]
    assert circle(edges, 3, [3]) == [3, 3]
    assert circle(edges, 1, [4, 5]) == []
    assert circle({}, 1, []) == []


def test_there_is_a_way_exactly_where_one_can_be_walked() -> None:
    for wanted, *others in product(SETS, repeat=len(NODES)):
        edges = dict(zip(NODES[1:], others, strict=True))
        reached = set(wanted)
        for _step in NODES:
            reached |= {on for key in reached for on in edges.get(key, ())}
        way = circle(edges, 0, wanted)
        assert bool(way) == (0 in reached)
        assert way[:1] == way[-1:]
        assert all(on in {**edges, 0: wanted}[here] for here, on in pairwise(way))
