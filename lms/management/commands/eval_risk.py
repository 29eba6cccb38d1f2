"""`manage.py eval_risk DIR --train 2013B,2013J --test 2014B --days 56,112,180 --json`."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.scoring.outside import MISSING, is_number
from analytics.scoring.risk.evaluate import Grouping, risk_report
from analytics.scoring.risk.oulad import presentation_of, read_oulad
from analytics.scoring.risk.oulad_groups import groups_of, read_groups
from lms.kernel.errors import KernelError


class Command(BaseCommand):
    """Learn the product's risk model on earlier presentations and tell a later one."""

    help = (
        "How well risk is told on Open University tables. Demographics are read only to audit, "
        "never to learn."
    )
    # Neither pages nor the database are used, so nothing of them is loaded and checked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder of tables, the presentations, the days and --json."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--train", required=True, help="presentations to learn from, by comma")
        parser.add_argument("--test", required=True, help="presentations to tell, by comma")
        parser.add_argument("--days", default="56,112,180", help="days of the course, by comma")
        parser.add_argument(
            "--fairness", default="", help="columns of the students' table to audit, by comma"
        )
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report. Raises CommandError for what cannot be used."""
        train, test = (_listed(options[name]) for name in ("train", "test"))
        both = sorted(set(train) & set(test))
        if both:
            msg = f"{', '.join(both)} cannot be both learnt from and told."
            raise CommandError(msg)
        try:
            days = _days(options["days"])
            members = read_oulad(options["folder"])
            parts = [
                [one for one in members if presentation_of(one) in names] for names in (train, test)
            ]
            grouping = _grouping(options["folder"], options["fairness"])
            told = risk_report(parts[0], parts[1], days, grouping)
            known = {presentation_of(one) for one in members}
            unknown = [name for name in train if name not in known]
            report = {"train": train, "unknown": unknown, "test": test, **told}
        except (KernelError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report, allow_nan=False))
            return
        for name in report["unknown"]:
            self.stdout.write(f"{name} is no presentation of these tables: nothing learnt from it")
        for day, found in report["days"].items():
            shown = ("n", "auc", "ece", "brier", "precision_top", "recall_top", "reason")
            line = ", ".join(f"{name} {found.get(name)}" for name in shown)
            self.stdout.write(f"day {day}: {line}")
            for text in _fairness_lines(found.get("fairness", {})):
                self.stdout.write(text)


def _listed(words: str) -> list[str]:
    return [word for word in (one.strip() for one in words.split(",")) if word]


def _days(words: str) -> list[float]:
    """The days in their order. Raises CommandError for anything but finite numbers."""
    if not all(is_number(day) and day.lower() not in MISSING for day in _listed(words)):
        msg = f"Days are numbers by comma, as in 56,112,180, not {words}."
        raise CommandError(msg)
    return [float(day) for day in _listed(words)]


def _grouping(folder: Path, wanted: str) -> Grouping | None:
    names = _listed(wanted)
    if not names:
        return None
    groups = read_groups(folder, names)
    return lambda members: groups_of(groups, names, members)


def _fairness_lines(found: dict[str, Any]) -> Iterator[str]:
    for name, attribute in found.get("attributes", {}).items():
        for group in attribute["groups"]:
            for at, rates in group["at"].items():
                shown = ", ".join(f"{rate} {_share(one)}" for rate, one in rates.items())
                yield f"  {name} {group['group']} (n {group['n']}) from {at}: {shown}"
        if attribute["hidden"]:
            yield f"  {name}: too few to show: {', '.join(attribute['hidden'])}"


def _share(one: dict[str, Any]) -> str:
    if one["value"] is None:
        return "none"
    low, high = one["interval"]
    return f"{one['value']:.3f} [{low:.3f}, {high:.3f}]"
