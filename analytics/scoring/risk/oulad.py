"""Open University Learning Analytics tables as records (Kuzilek, Hlosta & Zdrahal 2017, CC BY 4.0).

Read are the registrations, assessments, submissions and results; of the students' own table only
the result, never a demographic column. Exams and assessments without a date are no tasks: nobody
could have missed them by a day. Plain and gzipped files are read, by either of their names.
"""

import csv
import gzip
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from analytics.scoring.outside import MISSING
from analytics.scoring.risk.records import Handed, Member, Run, Task
from lms.kernel.errors import Invalid

NAMES = {
    "course": "courses",
    "assessment": "assessments",
    "student": "studentInfo",
    "student_registration": "studentRegistration",
    "student_assessment": "studentAssessment",
}
FAILED = frozenset({"Fail", "Withdrawn"})
DAYS = 250.0


def read_oulad(folder: Path) -> list[Member]:
    """Every student of every run; `run.key` is module and presentation, as in `AAA/2013J`.

    Raises Invalid when a table or a column is missing, a file is broken or a number cannot be read.
    """
    try:
        return _read(folder)
    except KeyError as error:
        text = _("The tables of %(folder)s have no %(column)s.")
        words = text % {"folder": folder.name, "column": error}
        raise Invalid(words, field="folder") from error
    except (UnicodeDecodeError, OSError, EOFError, csv.Error) as error:
        text = _("The tables of %(folder)s cannot be read: %(error)s.")
        raise Invalid(text % {"folder": folder.name, "error": error}, field="folder") from error
    except ValueError as error:
        raise Invalid(_("A number cannot be read: %(error)s.") % {"error": error}) from error


def presentation_of(member: Member) -> str:
    """The presentation alone, as in `2013J`."""
    return member.run.key.partition("/")[2]


def student_rows(folder: Path) -> Iterator[tuple[tuple[str, str], dict[str, str]]]:
    """The students' table, each row under its run and student."""
    for row in _rows(folder, "student"):
        yield (_key(row), row["id_student"]), row


def _read(folder: Path) -> list[Member]:
    run_of, tasks = _tasks(folder)
    length = {
        _key(row): _number(row["module_presentation_length"]) for row in _rows(folder, "course")
    }
    handed: dict[tuple[str, str], dict[str, Handed]] = defaultdict(dict)
    for row in _rows(folder, "student_assessment"):
        task, day = row["id_assessment"], _number(row["date_submitted"])
        if task in run_of and day is not None:
            carried = row["is_banked"].lower() in {"true", "1"}
            handed[run_of[task], row["id_student"]][task] = Handed(
                day, _number(row["score"]), carried
            )
    dates = {
        (_key(row), row["id_student"]): (
            _number(row["date_registration"]),
            _number(row["date_unregistration"]),
        )
        for row in _rows(folder, "student_registration")
    }
    runs = {key: Run(key, days or DAYS, tuple(tasks[key])) for key, days in length.items()}
    members = []
    for row in _rows(folder, "student"):
        key, student = _key(row), row["id_student"]
        joined, left = dates.get((key, student), (None, None))
        members.append(
            Member(
                key=student,
                run=runs.get(key) or Run(key, DAYS, tuple(tasks[key])),
                joined=joined,
                left=left,
                handed=handed.get((key, student), {}),
                failed=_outcome(row["final_result"]),
            )
        )
    return members


def _tasks(folder: Path) -> tuple[dict[str, str], dict[str, list[Task]]]:
    run_of: dict[str, str] = {}
    tasks: dict[str, list[Task]] = defaultdict(list)
    for row in _rows(folder, "assessment"):
        due = _number(row["date"])
        if row["assessment_type"] != "Exam" and due is not None:
            run_of[row["id_assessment"]] = _key(row)
            tasks[_key(row)].append(Task(row["id_assessment"], due, _number(row["weight"]) or 0.0))
    return run_of, tasks


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    for stem in (name, NAMES[name]):
        packed, plain = folder / f"{stem}.csv.gz", folder / f"{stem}.csv"
        if packed.exists():
            with gzip.open(packed, "rt", encoding="utf-8-sig", newline="") as lines:
                # A row that is too short has empty fields: nothing is known of them.
                yield from csv.DictReader(lines, restval="")
            return
        if plain.exists():
            with plain.open(encoding="utf-8-sig", newline="") as lines:
                yield from csv.DictReader(lines, restval="")
            return
    text = _("%(folder)s has no table %(name)s.csv or %(name)s.csv.gz.")
    raise Invalid(text % {"folder": folder.name, "name": name}, field="folder")


def _outcome(text: str) -> bool | None:
    """Whether the student failed or left; None where the result is not known yet."""
    return None if text.strip().lower() in MISSING | {"?"} else text in FAILED


def _key(row: dict[str, str]) -> str:
    return f"{row['code_module']}/{row['code_presentation']}"


def _number(text: str) -> float | None:
    return None if text.strip().lower() in MISSING | {"?"} else float(text)
