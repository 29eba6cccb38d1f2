"""docs/realtime.md shows every frame, exactly as it is."""

import json
import re
import uuid
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from django.conf import settings

from lms.kernel.push.hub import relay_frame
from realtime.enums import CloseCode
from realtime.queries import frames
from realtime.queries.frames import error_frame, message_frame
from realtime.services.chat import send_message
from realtime.tests.factories import Cast

DOC = Path(settings.BASE_DIR) / "docs" / "realtime.md"
EXAMPLES = {
    name: json.loads(text)
    for name, text in re.findall(r"```json (\S+)\n(.*?)```", DOC.read_text(), re.DOTALL)
}
TYPES: dict[str, Any] = {
    "server.joined": frames.JoinedFrame,
    "server.message": frames.MessageFrame,
    "server.answer": frames.MessageFrame,
    "server.presence": frames.PresenceFrame,
    "server.typing": frames.TypingFrame,
    "server.error": frames.ErrorFrame,
    "me.notification": frames.NotificationFrame,
    "me.direct": frames.DirectFrame,
}


def shape(value: Any) -> Any:
    """Names and kinds of a value, without what it says."""
    if isinstance(value, dict):
        return {name: shape(part) for name, part in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_every_frame_is_documented() -> None:
    assert set(EXAMPLES) == {
        *TYPES,
        "client.join",
        "client.send",
        "client.typing",
        "server.relay",
        "me.ready",
        "me.read",
        "me.job",
        "me.gradebook",
    }
    defined = {name for name in vars(frames) if name.endswith("Frame")} - {
        "MemberFrame",
        "CitationFrame",
        "AiFrame",
        "FileFrame",
    }
    assert defined == {frame.__name__ for frame in TYPES.values()}


@pytest.mark.parametrize(("name", "frame"), TYPES.items())
def test_example_has_the_fields_of_its_type(name: str, frame: Any) -> None:
    assert set(EXAMPLES[name]) == set(get_type_hints(frame))
    assert EXAMPLES[name]["type"] in str(get_type_hints(frame)["type"])


@pytest.mark.django_db
def test_example_message_is_what_is_sent(cast: Cast) -> None:
    example = EXAMPLES["server.message"]
    first = send_message(
        actor=cast.actor("assistant"), course=cast.course, client_id=uuid.uuid4(), body="First"
    )
    sent = send_message(
        actor=cast.actor("learner"),
        course=cast.course,
        client_id=uuid.UUID(example["client_id"]),
        body=example["body"],
        reply_to=first.message.public_id,
    )
    real = json.loads(json.dumps(message_frame(sent.message)))
    assert shape(real) == shape(example)
    assert (real["html"], real["client_id"]) == (example["html"], example["client_id"])
    assert len(real["id"]) == len(example["id"])
    missed = EXAMPLES["server.joined"]["missed"][0]
    assert {**missed, "type": "message"} == example


def test_examples_of_relay_and_error_are_what_is_sent() -> None:
    assert json.loads(relay_frame(up=False)["text"]) == EXAMPLES["server.relay"]
    example = EXAMPLES["server.error"]
    made = error_frame(example["code"], example["detail"], example["client_id"])
    assert made == example


def test_every_close_code_is_documented() -> None:
    text = DOC.read_text()
    assert [code for code in CloseCode if f"| {code.value} |" not in text] == []
