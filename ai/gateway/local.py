"""The model server on this machine, as its supervisor wrote down that it runs."""

import json
import os
from pathlib import Path

from ai.gateway.chat import Endpoint

STATE = "ai-model.json"
ALIAS = "cairn-local"


def running(folder: Path, timeout: float) -> Endpoint | None:
    """Where it listens, None when none runs."""
    try:
        state = json.loads((folder / STATE).read_text())
        os.kill(int(state["pid"]), 0)
        return Endpoint(str(state["url"]), "", str(state["alias"]), timeout)
    except (OSError, ValueError, TypeError, LookupError):
        return None
