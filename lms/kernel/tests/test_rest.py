import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import Http404
from django.test import RequestFactory, override_settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate

from lms.kernel import actors, clock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, Stale, Throttled
from lms.kernel.models import Job, JobState, KeptRequest
from lms.kernel.rest import throttles
from lms.kernel.rest.paging import Pages, page_of_values, window_of
from lms.kernel.rest.permissions import Public, PublicRead, SignedIn
from lms.kernel.rest.views import (
    KernelView,
    expected_version,
    idempotent,
    job_response,
    versioned,
)
from lms.kernel.web.address import address_of

pytestmark = pytest.mark.django_db
factory = APIRequestFactory()


class EchoView(KernelView):
    """Answers with what it was sent, or raises what the class holds."""

    permission_classes = [Public]
    problem: Exception | None = None
    made = 0

    @idempotent
    def post(self, request: Request) -> Response:
        if self.problem:
            raise self.problem
        type(self).made += 1
        return Response({"made": type(self).made, "sent": request.data}, status=201)

    def get(self, request: Request) -> Response:
        pages = Pages()
        page = pages.paginate_queryset(list(range(45)), request)
        return pages.get_paginated_response(page or [])


@pytest.fixture
def person() -> Any:
    return get_user_model()._default_manager.create(email="ada@example.com")


def call(request: Any, person: Any = None, **attrs: Any) -> Response:
    if person is not None:
        force_authenticate(request, person, actors.for_user(person))  # type: ignore[arg-type]
    view: Any = type("View", (EchoView,), attrs)
    response = view.as_view()(request)
    response.render()
    assert isinstance(response, Response)
    return response


@pytest.mark.parametrize(
    ("problem", "status", "code"),
    [
        (Invalid("No.", field="name"), 400, "invalid"),
        (Denied(), 403, "denied"),
        (NotFound(), 404, "not_found"),
        (Http404(), 404, "not_found"),
        (Conflict("Taken.", code="full"), 409, "full"),
        (Stale(), 412, "stale"),
        (Throttled("Slowly.", retry_after=7), 429, "throttled"),
    ],
)
def test_kernel_errors_become_problems(problem: Exception, status: int, code: str) -> None:  # P6
    response = call(factory.post("/x/", {}), problem=problem)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (body["status"], body["code"]) == (status, code)
    if status == 400:
        assert body["errors"] == {"name": ["No."]}
    if status == 429:
        assert response["Retry-After"] == "7"


def test_answers_to_somebody_are_never_stored() -> None:  # P8
    assert call(factory.get("/x/"))["Cache-Control"] == "no-store"


def test_unknown_media_and_methods_are_problems() -> None:
    wrong = call(factory.post("/x/", b"<a/>", content_type="text/xml"))
    assert (wrong.status_code, wrong["Content-Type"]) == (415, "application/problem+json")
    assert call(factory.delete("/x/")).status_code == 405


def test_query_text_that_cannot_be_stored_is_refused() -> None:  # C4
    assert call(factory.get("/x/?search=%00")).status_code == 400


def test_pages_have_the_fixed_shape() -> None:  # P2
    body = json.loads(call(factory.get("/x/?page=2&page_size=20")).content)
    assert (body["count"], body["results"]) == (45, list(range(20, 40)))
    assert "page=3" in body["next"]
    assert "page_size=20" in body["previous"]


@pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=201", "page_size=-1", "page=²"])
def test_pages_refuse_numbers_out_of_range(query: str) -> None:  # P2
    assert call(factory.get(f"/x/?{query}")).status_code == 400


def test_pages_past_the_end_are_missing() -> None:
    assert call(factory.get("/x/?page=9")).status_code == 404


def test_page_of_values_links_like_pages() -> None:
    request = Request(factory.get("/x/?page=2&page_size=10"))
    assert window_of(request) == (10, 10)
    body = page_of_values(request, [1], 35).data
    assert (body["count"], body["results"]) == (35, [1])
    assert "page=3" in body["next"]
    assert "page=1" in body["previous"]
    last = page_of_values(Request(factory.get("/x/")), [1], 1).data
    assert (last["next"], last["previous"]) == (None, None)


def test_idempotency_key_answers_the_same_again(person: Any) -> None:  # P3
    def post(body: dict[str, int]) -> Any:
        return factory.post("/x/", body, HTTP_IDEMPOTENCY_KEY="k1")

    EchoView.made = 0
    view: Any = type("View", (EchoView,), {})
    answers = []
    for body in ({"a": 1}, {"a": 1}, {"a": 2}):
        request = post(body)
        force_authenticate(request, person, actors.for_user(person))  # type: ignore[arg-type]
        answers.append(view.as_view()(request))
    first, again, other = answers
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.data == again.data
    assert again["Idempotent-Replay"] == "true"
    assert view.made == 1


def test_idempotency_key_in_flight_is_a_conflict(person: Any) -> None:  # P3
    request = factory.post("/x/", {}, HTTP_IDEMPOTENCY_KEY="k2")
    call(request, person)
    KeptRequest.objects.update(status=None, answer=None)
    again = call(factory.post("/x/", {}, HTTP_IDEMPOTENCY_KEY="k2"), person)
    assert (again.status_code, again.data["code"]) == (409, "in_flight")


def test_a_failed_request_is_not_kept(person: Any) -> None:  # P3
    call(factory.post("/x/", {}, HTTP_IDEMPOTENCY_KEY="k3"), person, problem=Invalid("no"))
    assert not KeptRequest.objects.exists()
    long = call(factory.post("/x/", {}, HTTP_IDEMPOTENCY_KEY="k" * 101), person)
    assert long.status_code == 400


@pytest.mark.parametrize(
    ("header", "version"), [("", None), ("*", None), ('"7"', 7), ('W/"7"', 7), ("7", 7)]
)
def test_if_match_names_a_version(header: str, version: int | None) -> None:  # P4
    request = Request(factory.put("/x/", HTTP_IF_MATCH=header))
    assert expected_version(request) == version


def test_if_match_that_cannot_be_read_is_stale() -> None:  # P4
    with pytest.raises(Stale):
        expected_version(Request(factory.put("/x/", HTTP_IF_MATCH='"abc"')))
    assert versioned({}, 3)["ETag"] == '"3"'


def test_job_response_waits_only_as_long_as_preferred() -> None:
    job = Job.objects.create(kind="kernel.x", actor_kind="user")
    waiting = job_response(Request(factory.post("/x/", HTTP_PREFER="wait=0")), job)
    assert waiting.status_code == 202
    assert waiting["Location"] == f"/api/v1/jobs/{waiting.data['job']['id']}/"
    Job.objects.update(state=JobState.SUCCEEDED)
    done = job_response(Request(factory.post("/x/", HTTP_PREFER="respond-async, wait=5")), job)
    assert (done.status_code, done.data["job"]["state"]) == (200, "succeeded")
    assert not done.has_header("Location")


@override_settings(THROTTLE=True)
def test_throttle_counts_in_the_database_without_a_cache_and_says_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # P7
    monkeypatch.setitem(throttles.LIMITS, "write", (2, 60))
    with clock.travel(datetime(2026, 3, 1, 12, 0, 45, tzinfo=UTC)):
        codes = [call(factory.post("/x/", {})).status_code for _ in range(3)]
        assert codes == [201, 201, 429]
        assert call(factory.post("/x/", {}))["Retry-After"] == "15"
    with clock.travel(datetime(2026, 3, 1, 12, 1, tzinfo=UTC)):
        assert call(factory.post("/x/", {})).status_code == 201


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [(0, "6.6.6.6", "1.1.1.1"), (1, "6.6.6.6, 2.2.2.2", "2.2.2.2"), (2, "3.3.3.3", "1.1.1.1")],
)
def test_proxy_headers_count_only_behind_trusted_proxies(
    proxies: int, forwarded: str, address: str
) -> None:  # P7
    request = RequestFactory().get("/", REMOTE_ADDR="1.1.1.1", HTTP_X_FORWARDED_FOR=forwarded)
    with override_settings(TRUSTED_PROXIES=proxies):
        assert address_of(request) == address


def test_doors_ask_for_somebody_unless_public(person: Any) -> None:
    nobody, somebody = Request(factory.get("/")), Request(factory.post("/"))
    somebody.user = person
    assert not SignedIn().has_permission(nobody, None)
    assert SignedIn().has_permission(somebody, None)
    assert PublicRead().has_permission(nobody, None)
    assert not PublicRead().has_permission(Request(factory.post("/")), None)
    assert PublicRead().has_permission(somebody, None)
