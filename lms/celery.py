"""The Celery app. Tasks come from each app's `tasks`; the beat table is here, in one place."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings")
app = Celery("cairn")
app.config_from_object("django.conf:settings", namespace="CELERY_")


def _configure() -> None:
    from django.conf import settings

    app.conf.update(settings.CELERY)


_configure()
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "reap jobs": {"task": "kernel.reap_jobs", "schedule": 10.0},
    "sweep events": {"task": "kernel.sweep_events", "schedule": 20.0},
    "forget what has expired": {"task": "kernel.forget_expired", "schedule": 3600.0},
    "forget ended tokens and sessions": {"task": "accounts.forget", "schedule": 3600.0},
    "close overdue attempts": {
        "task": "assessments.sweep_deadlines",
        "schedule": 30.0,
        "options": {"queue": "grading"},
    },
    "prepare exams that open soon": {
        "task": "assessments.sweep_prepared",
        "schedule": 60.0,
        "options": {"queue": "grading"},
    },
    "score code that waits": {
        "task": "assessments.sweep_code",
        "schedule": 60.0,
        "options": {"queue": "grading"},
    },
    "forget files that no answer names": {
        "task": "assessments.sweep_answer_files",
        "schedule": 3600.0,
        "options": {"queue": "grading"},
    },
    "compare counters of courses": {"task": "courses.tidy", "schedule": 24 * 3600.0},
    "reconcile grades": {
        "task": "assessments.reconcile",
        "schedule": 86400.0,
        "options": {"queue": "grading"},
    },
    "send due mail": {"task": "realtime.send_due", "schedule": 15.0},
    "forget old notifications": {"task": "realtime.sweep", "schedule": 300.0},
    "tell of lost questions": {"task": "realtime.sweep_questions", "schedule": 30.0},
    "count how questions work": {
        "task": "analytics.sweep_items",
        "schedule": 300.0,
        "options": {"queue": "analytics"},
    },
    "settle AI calls of ended processes": {
        "task": "ai.sweep_budget",
        "schedule": 60.0,
        "options": {"queue": "ai"},
    },
    "forget texts that AI saw": {
        "task": "ai.forget",
        "schedule": 3600.0,
        "options": {"queue": "ai"},
    },
    "forget old conversations with the tutor": {
        "task": "ai.forget_conversations",
        "schedule": 24 * 3600.0,
        "options": {"queue": "ai"},
    },
    "forget exports of reports": {"task": "analytics.forget_exports", "schedule": 900.0},
    "mail reports that are due": {
        "task": "analytics.sweep_reports",
        "schedule": 300.0,
        "options": {"queue": "analytics"},
    },
    "count the institution": {
        "task": "analytics.count_institution",
        "schedule": 600.0,
        "options": {"queue": "analytics"},
    },
    "fold activity": {"task": "analytics.fold", "schedule": 60.0},
    "compare courses": {
        "task": "analytics.compare_courses",
        "schedule": 600.0,
        "options": {"queue": "analytics"},
    },
    "fit mastery": {
        "task": "analytics.sweep_mastery",
        "schedule": 3600.0,
        "options": {"queue": "analytics"},
    },
    "tell risks": {
        "task": "analytics.tell_risks",
        "schedule": 900.0,
        "options": {"queue": "analytics"},
    },
    "learn risks again": {
        "task": "analytics.retrain_risk",
        "schedule": 24 * 3600.0,
        "options": {"queue": "analytics"},
    },
}
