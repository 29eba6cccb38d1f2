"""A connected model for whole-product tests: tutor, questions and teaching material.

It answers by the protocol from what it is sent, so that each answer can be checked by our side like
any other. `speaking` starts it; `FakeModel.pause` makes its streams as slow as a test needs.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ai.tests.fake_model import FakeModel, serving
from ai.tests.writing_server import retold

_BLOCK = re.compile(r"^block (\d+):\n-----\w+-----\n(.*)\n-----\w+-----$", re.DOTALL)
_SENTENCE = re.compile(r"[^.!?\n]{20,}[.!?]")
TEXT = (
    "Basalt is a dark volcanic rock that forms when lava cools quickly. "
    "Chalk is a soft white rock made of the shells of tiny sea animals. "
    "Slate is a grey rock that splits into thin sheets for roofs. "
    "Granite is a hard rock that cools slowly far below the surface. "
    "Sandstone is a layered rock of pressed sand from ancient deserts."
)
# What each sentence of TEXT is asked for, with wrong answers that it does not make true.
QUESTIONS = [
    ("Which rock forms when lava cools quickly?", "Basalt", ["Amber", "Copper", "Peat"]),
    ("Which rock is made of the shells of sea animals?", "Chalk", ["Amber", "Copper", "Peat"]),
    ("Which rock splits into thin sheets for roofs?", "Slate", ["Amber", "Copper", "Peat"]),
    ("Which hard rock cools slowly below the surface?", "Granite", ["Amber", "Copper", "Peat"]),
    ("Which rock is layered and of pressed sand?", "Sandstone", ["Amber", "Copper", "Peat"]),
]


def assist(asked: dict[str, Any]) -> Any:
    """The reply to a request: by what its schema asks for."""
    parts = [part["text"] for part in asked["messages"][-1]["content"]]
    if '"answerable"' in parts[0]:
        return _tutored(parts[1:])
    if '"options"' in parts[0]:
        # A question without its passage: it knows nothing by heart.
        return {"options": [10]}
    if '"questions"' in parts[0]:
        return {"questions": [_question(at) for at in range(len(QUESTIONS))]}
    return retold(parts[0], parts[1:])


@contextmanager
def speaking() -> Iterator[FakeModel]:
    """The model at an address of its own, until the block ends."""
    model = FakeModel(replies=[assist])
    with serving(model) as url:
        model.url = url
        yield model


def _tutored(parts: list[str]) -> dict[str, Any]:
    """A sentence of each of the best three blocks, word for word, twice from the first."""
    found = [match for part in parts if (match := _BLOCK.match(part))]
    said = [
        {"text": sentence.strip(), "sources": [int(match[1])]}
        for match in found[:3]
        for sentence in _SENTENCE.findall(match[2])[:2]
    ]
    return {"answerable": bool(said), "sentences": said[:6]}


def _question(at: int) -> dict[str, Any]:
    stem, key, wrong = QUESTIONS[at]
    evidence = next(one.strip() for one in _SENTENCE.findall(TEXT) if one.strip().startswith(key))
    return {"question": stem, "correct_answer": key, "wrong_answers": wrong, "evidence": evidence}
