"""What a model must reply, per kind of question: schema, validation and translation."""

import json
import random
import re
from typing import TYPE_CHECKING, Any

from ai.enums import QuestionKind
from ai.gateway.extractive.numbers import value_of
from ai.gateway.provider import BadAnswer, GeneratedQuestion, Option
from ai.gateway.text import clean_output

if TYPE_CHECKING:
    from ai.gateway.replies import questions as shapes

MAX_REPLY_CHARS = 60_000
_FENCE = re.compile(r"^\s*```(?:json)?\s*|\s*```\s*$")
# A grammar-bound server stops a small model that repeats itself at this length.
STRING_CHARS = 300


def reply_schema(kind: str, count: int, *, lengths: bool = False) -> dict[str, Any]:
    """JSON schema of the reply: up to `count` questions, nothing optional, nothing extra.

    With `lengths` strings are limited; some endpoints reject that keyword.
    """
    from ai.gateway.replies import questions as shapes

    string = {"type": "string", **({"maxLength": STRING_CHARS} if lengths else {})}
    properties = shapes.MODELS[kind].model_json_schema()["properties"]
    item = {
        name: {"type": "array", "items": string, **_bounds(spec)}
        if spec["type"] == "array"
        else string
        for name, spec in properties.items()
    }
    # The evidence comes last: small models keep to a fact better when they phrase it first.
    item["evidence"] = item.pop("evidence")
    return _closed(
        {"questions": {"type": "array", "minItems": 1, "maxItems": count, "items": _closed(item)}}
    )


def _bounds(spec: dict[str, Any]) -> dict[str, int]:
    return {name: spec[name] for name in ("minItems", "maxItems") if name in spec}


def _closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read_reply(
    reply: str, kind: QuestionKind, *, count: int, source: str, seed: int
) -> list[GeneratedQuestion]:
    """The questions of a reply, cleaned (I4). BadAnswer says what was wrong when none is usable."""
    from pydantic import ValidationError

    from ai.gateway.replies import questions as shapes

    items = _items(reply)
    rng = random.Random(seed)  # noqa: S311 - the order of options, repeatable
    found: list[GeneratedQuestion] = []
    problem = ""
    for item in items[:count]:
        try:
            parsed = shapes.MODELS[kind].model_validate(item)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"]) or "item"
            problem = problem or f"{place}: {first['msg']}"
            continue
        found.append(_question(parsed, kind, _Cleaner(source), rng))
    if not found:
        raise BadAnswer(f"The model's reply does not fit the schema ({problem or 'empty'}).")
    return found


def _items(reply: str) -> list[Any]:
    """The list inside the reply; code fences and words around the object are tolerated."""
    text = _FENCE.sub("", reply[:MAX_REPLY_CHARS])
    start, end = text.find("{"), text.rfind("}")
    try:
        data = json.loads(text[start : end + 1]) if 0 <= start < end else None
    except (ValueError, RecursionError) as problem:
        raise BadAnswer("The model's reply is not JSON.") from problem
    items = data.get("questions") if isinstance(data, dict) else None
    if not isinstance(items, list):
        raise BadAnswer("The model's reply has no list of questions.")
    return items


class _Cleaner:
    """Cleans fields against one source."""

    def __init__(self, source: str) -> None:
        self._source = source

    def __call__(self, text: str) -> str:
        return clean_output(text, source=self._source)

    def each(self, texts: list[str]) -> tuple[str, ...]:
        return tuple(self(text) for text in texts)


def _question(
    item: "shapes.Item", kind: QuestionKind, clean: _Cleaner, rng: random.Random
) -> GeneratedQuestion:
    from ai.gateway.replies import questions as shapes

    evidence = (clean(item.evidence),)
    match item:
        case shapes.SingleChoice():
            right, wrong = clean.each([item.correct_answer]), clean.each(item.wrong_answers)
            return _choice(kind, clean(item.question), right, wrong, evidence, rng)
        case shapes.MultipleChoice():
            right, wrong = clean.each(item.correct_answers), clean.each(item.wrong_answers)
            return _choice(kind, clean(item.question), right, wrong, evidence, rng)
        case shapes.TrueFalse():
            truth = rng.random() < 0.5
            stem = clean(item.true_statement if truth else item.false_statement)
            return GeneratedQuestion(kind, stem, "true" if truth else "false", evidence)
        case shapes.Numeric():
            value = value_of(clean(item.correct_number))
            answer = f"{value.normalize():f}" if value is not None else ""
            return GeneratedQuestion(
                kind, clean(item.question), answer, evidence, unit=clean(item.unit)
            )
        case shapes.ShortAnswer():
            return GeneratedQuestion(
                kind,
                clean(item.question),
                clean(item.correct_answer),
                evidence,
                accepted=clean.each(item.also_accepted),
            )
    raise AssertionError(f"no question of kind {kind}")  # pragma: no cover


def _choice(
    kind: QuestionKind,
    stem: str,
    right: tuple[str, ...],
    wrong: tuple[str, ...],
    evidence: tuple[str, ...],
    rng: random.Random,
) -> GeneratedQuestion:
    options = [Option(text, right=True) for text in right]
    options += [Option(text, right=False) for text in wrong]
    rng.shuffle(options)
    return GeneratedQuestion(kind, stem, "; ".join(right), evidence, options=tuple(options))
