"""The sockets of Cairn."""

from realtime.consumers.chat import ChatConsumer
from realtime.consumers.me import MeConsumer
from realtime.consumers.refusal import Refusal
from realtime.consumers.socket import Socket

__all__ = ["ChatConsumer", "MeConsumer", "Refusal", "Socket"]
