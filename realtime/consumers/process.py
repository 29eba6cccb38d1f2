"""The name under which this process keeps presence."""

import os
import secrets


class _Process:
    """Another name after a fork."""

    def __init__(self) -> None:
        self._pid, self._name = 0, ""

    def name(self) -> str:
        """16 random hexadecimal digits, the same for the life of the process."""
        if self._pid != os.getpid():
            self._pid, self._name = os.getpid(), secrets.token_hex(8)
        return self._name


PROCESS = _Process()
