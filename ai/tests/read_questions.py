"""Print questions made by rules, to be read by a person: `python -m ai.tests.read_questions`.

    python -m ai.tests.read_questions KIND COUNT [NAME | FILE.txt | STORY.csv] ...

Names are passages of `ai.tests.passages`; without any, all of them. A CSV has a column `text`.
"""

import csv
import sys
from pathlib import Path

from ai.enums import QuestionKind
from ai.gateway.embeddings import best_embedder
from ai.gateway.extractive.generator import ExtractiveProvider
from ai.gateway.generation import generate
from ai.gateway.provider import QuestionRequest
from ai.tests.passages import ALL


def text_of(name: str) -> str:
    """A passage, or the text of a file."""
    if name in ALL:
        return ALL[name]
    path = Path(name)
    if path.suffix != ".csv":
        return path.read_text(encoding="utf-8")
    with path.open(encoding="utf-8", newline="") as file:
        return "\n\n".join(row["text"] for row in csv.DictReader(file))


def main(kind: str, count: str, *names: str) -> None:
    """Print the questions that pass every check."""
    embedder = best_embedder()
    provider = ExtractiveProvider(embedder)
    for name in names or sorted(ALL):
        request = QuestionRequest(text_of(name), QuestionKind(kind), int(count), seed=1)
        batch = generate(request, [provider], embedder=embedder)
        print(f"\n== {name}: {len(batch.items)} questions", *batch.remarks)
        for at, item in enumerate(batch.items, 1):
            made = item.question
            print(f"{at}. {made.stem}\n   {made.answer}  |  {' | '.join(made.wrong)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
