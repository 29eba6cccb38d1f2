"""Rooms, messages, presence, announcements, notifications and socket tickets."""

from realtime.models.announcements import Announcement
from realtime.models.chat import Message, Presence, Room, RoomQuestion
from realtime.models.notifications import Notification, NotificationPreference
from realtime.models.tickets import WsTicket

__all__ = [
    "Announcement",
    "Message",
    "Notification",
    "NotificationPreference",
    "Presence",
    "Room",
    "RoomQuestion",
    "WsTicket",
]
