"""The peer that FastAPI's users build: WebSockets, Redis pub/sub, a set of sockets per room."""

import asyncio
import json
import os
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from redis.asyncio import Redis

app = FastAPI()
redis = Redis.from_url(os.environ["PEER_REDIS"])
PREFIX = os.environ["PEER_PREFIX"]
rooms: dict[str, set[WebSocket]] = defaultdict(set)
state: dict[str, Any] = {}


@app.get("/healthz")
async def health() -> str:
    """For the benchmark to wait for."""
    return "ok"


async def _pump() -> None:
    channel = redis.pubsub()
    await channel.psubscribe(f"{PREFIX}:*")
    state["ready"].set()
    async for message in channel.listen():
        if message["type"] == "pmessage":
            room = message["channel"].decode().rpartition(":")[2]
            text = message["data"].decode()
            for socket in tuple(rooms[room]):
                await socket.send_text(text)


@app.websocket("/room/{room}/{person}")
async def enter(socket: WebSocket, room: str, person: str) -> None:
    """One socket of one person."""
    await socket.accept()
    if "pump" not in state:
        state["ready"] = asyncio.Event()
        state["pump"] = asyncio.create_task(_pump())
    await state["ready"].wait()
    rooms[room].add(socket)
    try:
        while True:
            frame = await socket.receive_json()
            await redis.publish(
                f"{PREFIX}:{room}", json.dumps(_shaped(frame, person), separators=(",", ":"))
            )
    except WebSocketDisconnect:
        pass
    finally:
        rooms[room].discard(socket)


def _shaped(frame: dict[str, Any], person: str) -> dict[str, Any]:
    """As many bytes as a frame of Cairn's, so that both carry the same load."""
    return {
        "type": "message",
        "id": "5CFmfGhBGSXY3wqZ8vYZvN",
        "seq": 0,
        "change": 0,
        "client_id": frame["client_id"],
        "sender": {"id": "3mJr7AoUXx2Wqd1Vw9Jk4b", "name": f"Person {person}"},
        "ai": None,
        "reply_to": None,
        "thread": None,
        "replies": 0,
        "body": frame["body"],
        "html": f"<p>{frame['body']}</p>\n",
        "created_at": datetime.now(UTC).isoformat(),
        "edited_at": None,
        "deleted": False,
        "pinned": False,
        "mentions": [],
        "reactions": {},
        "asked": "",
        "faq": False,
    }
