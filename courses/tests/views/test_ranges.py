"""Parts of files: what a video player asks for when somebody seeks."""

import asyncio
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from courses.models import Course
from courses.services.attachment import attach_file
from courses.tests.factories import LessonFactory, actor_for
from courses.views.ranges import Unsatisfiable, wanted_range

MOVIE = b"\0\0\0\x18ftypisom" + bytes(range(88))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", None),
        ("bytes=0-", (0, 99)),
        ("bytes=0-0", (0, 0)),
        ("bytes=10-19", (10, 19)),
        ("bytes=90-500", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-500", (0, 99)),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=one-two", None),
    ],
)
def test_wanted_range_reads_one_range(header: str, expected: tuple[int, int] | None) -> None:
    assert wanted_range(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=400-500", "bytes=-0"])
def test_wanted_range_behind_the_end_is_unsatisfiable(header: str) -> None:
    with pytest.raises(Unsatisfiable):
        wanted_range(header, 100)


def test_wanted_range_agrees_with_a_slice() -> None:
    content = bytes(range(7))
    for first in range(7):
        for last in range(first, 10):
            found = wanted_range(f"bytes={first}-{last}", 7)
            assert found is not None
            assert content[found[0] : found[1] + 1] == content[first : last + 1]


def _door(course: Course) -> str:
    row = attach_file(
        actor=actor_for(course.created_by),
        course=course,
        lesson=LessonFactory(course=course),
        name="talk.mp4",
        content=SimpleUploadedFile("talk.mp4", MOVIE),
    )
    return f"/c/{course.slug}/files/{row.public_id}/"


@pytest.mark.django_db
def test_a_video_is_served_in_parts(learner: Client, course: Course) -> None:
    signed = learner.get(_door(course))["Location"]
    whole: Any = learner.get(signed)
    assert (whole.status_code, whole["Accept-Ranges"]) == (200, "bytes")
    assert b"".join(whole.streaming_content) == MOVIE
    part: Any = learner.get(signed, headers={"Range": "bytes=10-19"})
    assert part.status_code == 206
    assert (part["Content-Range"], part["Content-Length"]) == ("bytes 10-19/100", "10")
    assert part["Content-Type"] == "video/mp4"
    assert part["Content-Disposition"] == 'inline; filename="talk.mp4"'
    assert b"".join(part.streaming_content) == MOVIE[10:20]
    none = learner.get(signed, headers={"Range": "bytes=100-"})
    assert (none.status_code, none["Content-Range"]) == (416, "bytes */100")


@pytest.mark.django_db
def test_a_part_of_another_file_than_before_is_sent_whole(learner: Client, course: Course) -> None:
    signed = learner.get(_door(course))["Location"]
    mark = learner.get(signed)["ETag"]
    same = learner.get(signed, headers={"Range": "bytes=10-19", "If-Range": mark})
    other = learner.get(signed, headers={"Range": "bytes=10-19", "If-Range": '"older"'})
    assert (same.status_code, other.status_code) == (206, 200)


@pytest.mark.django_db(transaction=True)
def test_asgi_streams_a_file_without_reading_it_whole(learner: Client, course: Course) -> None:
    signed = learner.get(_door(course))["Location"]

    async def ask() -> tuple[bool, bytes]:
        response: Any = await AsyncClient().get(signed, headers={"Range": "bytes=10-19"})
        return response.is_async, b"".join([chunk async for chunk in response.streaming_content])

    assert asyncio.run(ask()) == (True, MOVIE[10:20])
