"""`manage.py eval_patterns TABLE.csv --json`: groups of alike rows, and what goes together."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from analytics.scoring.grouping import group_report
from analytics.scoring.outside import read_matrix
from analytics.scoring.relations import relations
from analytics.scoring.rows import parse_clusters
from lms.kernel.errors import KernelError


class Command(BaseCommand):
    """Find the patterns of a table of outside figures."""

    help = "Groups by k-means and correlations of the numeric columns of a table."
    # Neither pages nor the database are used, so nothing of them is loaded and checked.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, --k, --columns and --json."""
        parser.add_argument("table", type=Path)
        parser.add_argument("--k", type=int, help="groups, 2 to 8; chosen when not given")
        parser.add_argument("--columns", default="", help="columns to use, by comma; all if empty")
        parser.add_argument("--json", action="store_true", help="print the whole report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the report. Raises CommandError for a file that cannot be used."""
        try:
            k = None if options["k"] is None else parse_clusters(options["k"])
            names, rows, left = read_matrix(options["table"])
        except KernelError as error:
            raise CommandError(str(error)) from error
        wanted = [name for name in options["columns"].split(",") if name] or names
        unknown = [name for name in wanted if name not in names]
        if unknown:
            msg = f"There is no column of numbers called {', '.join(unknown)}."
            raise CommandError(msg)
        # As lists they would take five times the memory beside what is worked out.
        table: Any = _table(rows, len(names))[:, [names.index(name) for name in wanted]]
        del rows
        began = time.perf_counter()
        patterns = group_report(table, wanted, k)
        report = {
            "columns": wanted,
            "ignored_columns": [*left, *(name for name in names if name not in wanted)],
            "patterns": patterns,
            "correlations": relations(wanted, table),
            "seconds": time.perf_counter() - began,
        }
        self.stdout.write(json.dumps(report, allow_nan=False) if options["json"] else _text(report))


def _table(rows: list[list[float | None]], columns: int) -> Any:
    import numpy as np

    return np.array(rows, dtype=float).reshape(len(rows), columns)


def _text(report: dict[str, Any]) -> str:
    lines = [report["patterns"]["reason"] or ""]
    lines += [
        f"{one['label']}: {one['name']} ({one['size']})" for one in report["patterns"]["groups"]
    ]
    for one in report["correlations"]:
        found = one["pearson"]
        shown = one["reason"] if found is None else f"r {found['r']:.4f}, p {found['p']:.4g}"
        lines.append(f"{' and '.join(one['columns'])}: n {one['n']}, {shown}")
    return "\n".join(line for line in lines if line)
