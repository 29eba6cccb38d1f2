"""The API fuzzed from its own schema: no 5xx, no answer that the schema does not know.

Left alone, a fuzzer finds no object of ours. So the instructor's requests name things that are
there, in the address, the query and the body, as the actor matrix does; the learner's are left as
they were made, and the many that try each limit of each field are the instructor's alone: most of
them would refuse the learner before a field is read.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.exceptions import ObjectDoesNotExist
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.generation.meta import TestPhase
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms.tests.matrix.run import Row
from lms.tests.matrix.test_matrix import API_ROWS
from lms.tests.world import World
from lms.wsgi import application

ROWS: dict[str, Row] = {row.door: row for row in reversed(API_ROWS)}
ID_LENGTH = 22

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Keep the test's connection open between requests, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)


def name_things(case: Any, world: World) -> None:
    """Put ids of the world where the case has ids."""
    row = ROWS.get(f"{case.method.upper()} {case.operation.path}")
    if row is None:
        return
    try:
        inside = row.values(world)
        body = row.body(world) if row.body and not row.form else {}
    except ObjectDoesNotExist:  # an earlier request took it away
        return
    case.path_parameters = {**(case.path_parameters or {}), **inside}
    if "course" in (case.query or {}):
        case.query["course"] = world.course.public_id
    if isinstance(case.body, dict):
        ids = {k: v for k, v in body.items() if isinstance(v, str) and len(v) == ID_LENGTH}
        case.body = {**case.body, **{k: v for k, v in ids.items() if k in case.body}}


@pytest.mark.slow
@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
def test_api_answers_as_its_schema_says(case: Any, world: World) -> None:  # P1 P6
    tries_limits = case.meta is not None and case.meta.phase.name == TestPhase.COVERAGE
    for who in ("instructor",) if tries_limits else ("learner", "instructor"):
        if who == "instructor":
            name_things(case, world)
        headers = {"Authorization": f"Bearer {world.tokens[f'{who} writes']}"}
        response = case.call(headers=headers)
        case.validate_response(response, checks=CHECKS)
