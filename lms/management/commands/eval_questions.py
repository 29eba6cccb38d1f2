"""`manage.py eval_questions DIR`: questions from a folder of passages, with what the gate says."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Generate from every .txt of a folder and report; nothing is stored."""

    help = (
        "Generate questions from each .txt of a folder. Reports every question with its checks, "
        "evidence and provider, and whether the gate let it through. The connected model goes "
        "first; texts are sent to it unless --use rules is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        from ai.enums import QuestionKind, Use

        parser.add_argument("folder", type=Path, help="a folder of .txt files, one passage each")
        parser.add_argument("--count", type=int, default=5, help="questions for each passage")
        parser.add_argument(
            "--kind", default=QuestionKind.SINGLE_CHOICE, choices=QuestionKind.values
        )
        parser.add_argument("--use", default=Use.AUTO, choices=Use.values)
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *_args: str, **options: Any) -> None:
        from ai.enums import QuestionKind, Use
        from ai.gateway.provider import MAX_COUNT
        from ai.services.providers import choose_to_measure
        from lms.kernel.actors import system
        from lms.management.question_evaluation import evaluate, read_passages

        try:
            passages = read_passages(options["folder"])
        except OSError as problem:
            raise CommandError(str(problem)) from problem
        if not passages:
            message = f"{options['folder']} holds no .txt file with text."
            raise CommandError(message)
        if not 1 <= options["count"] <= MAX_COUNT:
            message = f"--count is between 1 and {MAX_COUNT}."
            raise CommandError(message)
        choice = choose_to_measure(system("evaluation of questions"), Use(options["use"]))
        report = evaluate(
            passages,
            choice.providers,
            kind=QuestionKind(options["kind"]),
            count=options["count"],
            embedder=choice.embedder,
            judge=choice.judge,
        )
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=1))
            return
        for row in report.rows:
            verdict = "kept" if row["accepted"] else f"stopped by {row['stopped_by']}"
            self.stdout.write(f"{row['passage']}: {row['stem']} [{row['answer']}] {verdict}")
        self.stdout.write(json.dumps(report.summary(), ensure_ascii=False, indent=1))
