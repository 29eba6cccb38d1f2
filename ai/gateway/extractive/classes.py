"""What sort of thing a common noun names, so that a key and its wrong answers are of one sort.

A noun belongs to the class whose examples it is nearest to by its vector. A noun that is near to
none has no class, and stands only beside others without one.
"""

from functools import lru_cache
from typing import TYPE_CHECKING

from ai.gateway.embeddings import CharacterGrams, Embedder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ai.gateway.minilm import Matrix

# Cosine to the nearest examples below which a noun has no class, measured by reading.
NEAR_ENOUGH = 0.36
NEAREST = 3

EXAMPLES: dict[str, tuple[str, ...]] = {
    name: tuple(words.split())
    for name, words in {
        "person": "king queen prince princess knight farmer soldier mother father sister brother "
        "servant teacher doctor scientist merchant giant witch fisherman wife husband daughter "
        "priest shepherd boy girl lad maiden gentleman tailor physician",
        "animal": "dog cat horse cow sheep bird sparrow fish wolf bear mouse snake bull eel crab "
        "insect fox hen goose donkey",
        "place": "forest garden field meadow mountain valley river lake sea island village town "
        "city country kingdom road bridge shore cave hill desert",
        "building": "house castle church school palace tower barn stable inn hut temple kitchen "
        "cottage mill kiln prison roof door wall chamber",
        "tool": "sword axe knife hammer rope chest basket cup plate table chair lamp ring key boat "
        "cart wheel net spear stool box",
        "clothing": "coat dress hat shoe shirt cloak helmet glove belt blanket cap apron",
        "food": "bread rice meat soup cake wine milk apple cheese tea honey fruit banquet supper",
        "body": "head face hand arm leg foot eye ear mouth nose finger tooth tail wing beak tongue "
        "breast brow hair skin blood bone",
        "sky": "sun moon star cloud wind rain snow storm thunder lightning fog light",
        "plant": "tree flower grass leaf root seed pine bamboo rose wheat corn bush branch",
        "matter": "gold silver iron wood stone clay wool silk glass sand water salt copper coal",
        "feeling": "joy sorrow anger fear love hope grief pity courage envy delight pride relief "
        "surprise astonishment sadness",
        "event": "wedding feast war hunt journey dance game battle festival funeral voyage race",
        "sound": "song music cry shriek voice noise melody whisper story word speech answer",
        "wealth": "money treasure riches reward price tax debt wage gift profit interest",
        "rule": "law rule right contract treaty theory principle method policy declaration",
        "energy": "energy heat electricity force power pressure current motion speed temperature",
        "cell": "cell protein molecule enzyme gene membrane hormone virus bacterium tissue pigment",
        "chemical": "oxygen hydrogen carbon nitrogen gas acid mineral metal methane sugar",
        "computing": "computer network packet server router program protocol browser byte database",
        "rock": "rock crust mantle magma plate volcano lava continent fault layer",
    }.items()
}
# Living things stand in for each other in stories.
_ALIKE = (frozenset({"person", "animal"}), frozenset({"place", "building"}))


def fits(one: str, other: str) -> bool:
    """Whether nouns of these classes can stand in the same gap; "" fits only itself."""
    return one == other or any({one, other} <= pair for pair in _ALIKE)


def classes_of(texts: "Sequence[str]", vectors: "Matrix", embedder: Embedder) -> list[str]:
    """The class of each text, "" where none is near; all "" without a model of meaning."""
    if embedder.name == CharacterGrams.name or not texts:
        return [""] * len(texts)
    names, examples = _examples(embedder)
    similar = vectors @ examples.T
    return [_class_of(row, names) for row in similar.tolist()]


def _class_of(similar: list[float], names: tuple[str, ...]) -> str:
    by: dict[str, list[float]] = {}
    for name, value in zip(names, similar, strict=True):
        by.setdefault(name, []).append(value)
    scores = {name: sum(sorted(found)[-NEAREST:]) / NEAREST for name, found in by.items()}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] >= NEAR_ENOUGH else ""


@lru_cache(maxsize=2)
def _examples(embedder: Embedder) -> "tuple[tuple[str, ...], Matrix]":
    """The class of every example, and their vectors; made once in a process."""
    pairs = [(name, word) for name, words in EXAMPLES.items() for word in words]
    return tuple(name for name, _ in pairs), embedder.encode([word for _, word in pairs])
