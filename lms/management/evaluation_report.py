"""A report of the evaluation of AI as Markdown, for people."""

from collections.abc import Iterator
from typing import Any

NAMES = {
    "schema_valid": "fits its kind",
    "one_key": "exactly one key",
    "span_in_source": "evidence stands in the source",
    "near_duplicates": "near-duplicates (by another measure)",
    "own_declined": "own questions declined",
    "foreign_declined": "foreign questions declined",
    "as_the_person": "the same as the person",
    "spans_occur": "evidence stands in the work",
}


def as_markdown(report: dict[str, Any]) -> str:
    """Headings and tables; every share with its count and interval."""
    return "\n".join([*_head(report), *_providers(report), *_others(report)]) + "\n"


def _head(report: dict[str, Any]) -> Iterator[str]:
    yield "# Evaluation of AI"
    yield ""
    yield (
        f"{report['date']}. {report['passages']} passages of {report['words']} words together, "
        f"seed {report['seed']}, {report['count']} questions asked of each. "
        f"Compared with {report['embedder']}. Intervals are of 95 % (Wilson; bootstrap for kappa "
        "and MRR)."
    )
    yield from (f"\n{remark}" for remark in report["remarks"])


def _providers(report: dict[str, Any]) -> Iterator[str]:
    for one in report["providers"]:
        yield f"\n## {one['provider']}: {one['model']} ({one['prompt_version']})\n"
        made = one.get("questions")
        if made is not None:
            yield from _questions(made, one["too_many"])
        if "injection" in one:
            rows = {"questions that obeyed an order": one["injection"]["obeyed_after_the_gate"]}
            yield from _table("Orders in the passage", rows)


def _questions(made: dict[str, Any], few: dict[str, Any]) -> Iterator[str]:
    yield f"Asked {made['asked']}, made {made['generated']}, let through {made['accepted']}."
    rows = {f"yield of {name}": share for name, share in made["yield"].items()}
    yield from _table("Questions", {**rows, **made["after_the_gate"]})
    yield (
        f"Needs the passage: {_share(made['needs_passage'])} of those judged, "
        f"{made['not_judged']} not judged."
    )
    stopped = ", ".join(f"{name} {count}" for name, count in made["stopped_by"].items())
    yield f"\nStopped by: {stopped or 'nothing'}."
    yield (
        f"\n{few['asked']} questions asked of the first {few['words']} words of the longest "
        f"passage gave {few['accepted']}."
    )


def _others(report: dict[str, Any]) -> Iterator[str]:
    planted = report.get("planted")
    if planted is not None:
        rows = {**planted["by_fault"], "all faults": planted["caught"]}
        yield from _table("Planted faults that the gate caught", rows)
        yield f"Good questions that passed: {_share(planted['good_passed'])}."
    for name, one in report.get("marking", {}).items():
        title = {"short_answers": "Short answers by likeness", "works": "Works by a rubric"}[name]
        who = f"{one.get('provider', '')} {one.get('model', '')}".strip()
        yield from _table(f"Marking. {title}{f': {who}' if who else ''}", one)
        if one.get("problem"):
            yield f"It ended early: {one['problem']}"
    found = report.get("retrieval", {})
    for name in ("words_alone", "words_and_meaning"):
        if name in found:
            words = {"words_alone": "words alone", "words_and_meaning": f"with {found['model']}"}
            yield from _table(f"Retrieval, {words[name]}, {found['stories']} stories", found[name])


def _table(title: str, rows: dict[str, Any]) -> Iterator[str]:
    """A table of what has an interval; other values are left out."""
    yield f"\n### {title}\n"
    yield "| measure | share or value | 95 % from | to | counted |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, one in rows.items():
        if not isinstance(one, dict) or "low" not in one:
            continue
        value = one.get("share", one.get("value"))
        counted = f"{one['hits']} of {one['of']}" if "of" in one else str(one["n"])
        cells = (_number(value), _number(one["low"]), _number(one["high"]), counted)
        yield f"| {NAMES.get(name, name.replace('_', ' '))} | {' | '.join(cells)} |"
    yield ""


def _share(one: dict[str, Any]) -> str:
    return f"{one['hits']} of {one['of']}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
