"""Telling risk, tracing mastery and fitting questions load neither pandas nor scikit-learn."""

import os
import subprocess
import sys

CODE = """
import sys
import django
django.setup()
from analytics.scoring.risk.default import shipped_model
from analytics.scoring.risk.reasons import tell
from analytics.scoring.risk.records import Handed, Member, Run, Task
from analytics.scoring.mastery.tracing import fit_skill
from analytics.scoring.item_report import item_report
from analytics.scoring.grouping import group_report
from analytics.scoring.relations import relations
from analytics.scoring.ranking import ranking_report

run = Run("new/1", 75, tuple(Task(f"t{at}", 10.0 * at + 5, 20) for at in range(5)))
[told] = tell(shipped_model(), [Member("ann", run, -9.0, None, {"t0": Handed(4.0, 70.0)})], 30.0)
assert 0 < told.chance < 1
fit_skill([[True, False, True]] * 20)
item_report(["a", "b", "c"], [[n % 2, n % 3 > 0, n % 5 > 1] for n in range(40)])
rows = [[float(n), float(n % 2)] for n in range(40)]
group_report(rows, ["x", "y"], None)
relations(["x", "y"], rows)
ranking_report([(f"l{n}", c) for n in range(9) for c in "ab"] + [("new", "a")], [("new", "b")])
print([name for name in ("pandas", "sklearn") if name in sys.modules])
"""


def test_scoring_without_learning_loads_no_heavy_library() -> None:
    env = {**os.environ, "LMS_MODE": "test", "DJANGO_SETTINGS_MODULE": "lms.settings"}
    run = subprocess.run(
        [sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=False
    )
    assert run.stderr == ""
    assert run.stdout.strip() == "[]"
