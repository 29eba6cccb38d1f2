"""Rooms, messages, presence, announcements, notifications and socket tickets."""

from realtime.models.announcements import Announcement
from realtime.models.chat import Message, Presence, Room, RoomQuestion
from realtime.models.delivery import (
    Letter,
    Mailbox,
    MutedCourse,
    NotificationTimes,
    PushDelivery,
    PushSubscription,
)
from realtime.models.notifications import Notification, NotificationPreference
from realtime.models.room import (
    MessageReport,
    MessageRevision,
    Reaction,
    RoomRead,
    RoomRestriction,
)
from realtime.models.tickets import WsTicket

__all__ = [
    "Announcement",
    "Letter",
    "Mailbox",
    "Message",
    "MessageReport",
    "MessageRevision",
    "MutedCourse",
    "Notification",
    "NotificationPreference",
    "NotificationTimes",
    "Presence",
    "PushDelivery",
    "PushSubscription",
    "Reaction",
    "Room",
    "RoomQuestion",
    "RoomRead",
    "RoomRestriction",
    "WsTicket",
]
