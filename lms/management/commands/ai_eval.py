"""`manage.py ai_eval [DIR]`: measure the configured providers and write a report."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

SUITES = ("questions", "planted", "injection", "marking", "retrieval")


class Command(BaseCommand):
    """Run suites against each provider by itself."""

    help = (
        "Measure rules and the connected model, each alone, with 95 %% intervals: questions "
        "(yield, and what holds after the gate), planted faults (what the gate catches), injection "
        "(whether orders in a passage are obeyed), marking (drafts beside a person's marks) and "
        "retrieval (whether the tutor finds the place). Calls of a model are booked and held to "
        "budgets. With --out writes JSON, and the same beside it in Markdown."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        from ai.enums import Use

        parser.add_argument(
            "folder",
            type=Path,
            nargs="?",
            help="a folder of .txt files, or one with `stories` and `questions` as FairytaleQA has "
            "them; without it the passages that come with Cairn",
        )
        parser.add_argument(
            "--suite", action="append", choices=SUITES, help="only this one; may be repeated"
        )
        parser.add_argument("--count", type=int, default=5, help="questions for each passage")
        parser.add_argument("--passages", type=int, default=0, help="how many, drawn by chance")
        parser.add_argument("--seed", type=int, default=1, help="of what is drawn by chance")
        parser.add_argument("--use", default=Use.AUTO, choices=Use.values)
        parser.add_argument("--out", type=Path, help="write the report here instead of printing it")

    def handle(self, *_args: str, **options: Any) -> None:
        from ai.enums import Use
        from ai.gateway.corpus import FOLDER
        from lms.management.evaluation import Wanted, evaluate_all
        from lms.management.evaluation_report import as_markdown
        from lms.management.stories import StoryError

        _require_place(options["out"])
        wanted = Wanted(
            folder=options["folder"] or FOLDER / "passages",
            suites=tuple(options["suite"] or SUITES),
            count=options["count"],
            passages=options["passages"],
            seed=options["seed"],
            use=Use(options["use"]),
        )
        try:
            report = evaluate_all(wanted)
        except (OSError, StoryError) as problem:
            raise CommandError(str(problem)) from problem
        text = json.dumps(report, ensure_ascii=False, indent=1)
        if options["out"] is None:
            self.stdout.write(text)
            return
        readable = options["out"].with_suffix(".md")
        options["out"].write_text(text + "\n", encoding="utf-8")
        readable.write_text(as_markdown(report), encoding="utf-8")
        self.stdout.write(f"Report: {options['out']}, to read: {readable}")


def _require_place(out: Path | None) -> None:
    """Raise CommandError for a place that cannot hold both files, before an hour of measuring."""
    if out is None:
        return
    if out.suffix == ".md":
        raise CommandError("--out names the JSON; the report to read is written beside it as .md.")
    if not out.parent.is_dir():
        raise CommandError(f"{out.parent}: there is no such folder")
