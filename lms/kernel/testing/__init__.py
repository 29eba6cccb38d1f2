"""What tests of every app share."""

from lms.kernel.testing.queries import assert_constant_queries, count_queries
from lms.kernel.testing.record import events_of, run_jobs
from lms.kernel.testing.rules import assert_rule_agrees, disagreements

__all__ = [
    "assert_constant_queries",
    "assert_rule_agrees",
    "count_queries",
    "disagreements",
    "events_of",
    "run_jobs",
]
