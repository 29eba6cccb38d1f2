"""`manage.py ai_eval DIR`: measure the configured provider and write a report."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    """Run the suites of questions and of injection against each provider by itself."""

    help = (
        "Measure question generation on a folder of .txt passages, for rules and for the connected "
        "model, each alone: what the gate lets through, and whether orders in a passage are "
        "obeyed. Writes JSON with provider, model, date and 95 %% intervals (Wilson)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        from ai.enums import Use

        parser.add_argument("folder", type=Path, help="a folder of .txt files, one passage each")
        parser.add_argument("--count", type=int, default=5, help="questions for each passage")
        parser.add_argument("--use", default=Use.AUTO, choices=Use.values)
        parser.add_argument("--out", type=Path, help="write the report here instead of printing it")

    def handle(self, *_args: str, **options: Any) -> None:
        from ai.enums import QuestionKind, Use
        from ai.services.providers import choose_to_measure
        from lms.kernel import clock
        from lms.kernel.actors import system
        from lms.management.injection_evaluation import evaluate_injection
        from lms.management.question_evaluation import evaluate, read_passages

        try:
            passages = read_passages(options["folder"])
        except OSError as problem:
            raise CommandError(str(problem)) from problem
        if not passages:
            message = f"{options['folder']} holds no .txt file with text."
            raise CommandError(message)
        choice = choose_to_measure(system("evaluation of AI"), Use(options["use"]))
        report: dict[str, Any] = {"date": clock.now().isoformat(), "providers": []}
        for provider in choice.providers:
            found = evaluate(
                passages,
                [provider],
                kind=QuestionKind.SINGLE_CHOICE,
                count=options["count"],
                embedder=choice.embedder,
            )
            report["providers"].append(
                {
                    "provider": provider.name,
                    "model": provider.model,
                    "prompt_version": provider.prompt_version,
                    "questions": found.summary(),
                    "injection": evaluate_injection(passages, [provider], choice.embedder),
                }
            )
        text = json.dumps(report, ensure_ascii=False, indent=1)
        if options["out"] is None:
            self.stdout.write(text)
            return
        options["out"].write_text(text + "\n", encoding="utf-8")
        self.stdout.write(f"Report of {len(passages)} passages: {options['out']}")
