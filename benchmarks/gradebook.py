"""The gradebook of 1,000 learners and 50 columns, all of it at once, on PostgreSQL.

The peer in the same run has no framework and no rules: psycopg reads the same 50,000 grades as long
rows, Python turns them into a grid, orjson writes it.
"""

import os
import subprocess
import sys

from benchmarks import database


def main() -> list[str]:
    """Run it; lines of Markdown for docs/performance.md."""
    with database.empty("cairn_bench_book") as url:
        environment = {**os.environ, "LMS_MODE": "test", "DATABASE_URL": url, "LMS_THROTTLE": "0"}
        command = [sys.executable, "-m", "benchmarks.gradebook_rounds"]
        done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return [line for line in done.stdout.splitlines() if line.startswith("|")]


if __name__ == "__main__":
    print("\n".join(main()))
