"""Rooms, messages, forums, presence, announcements, notifications and socket tickets."""

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
from realtime.models.direct import (
    Conversation,
    ConversationMember,
    DirectMessage,
    DirectReport,
    PersonBlock,
)
from realtime.models.files import MessageFile
from realtime.models.forum import Forum, ForumBoard, ForumPost, ForumThread
from realtime.models.forum_acts import (
    ForumAlias,
    ForumFollow,
    ForumRead,
    ForumTask,
    ForumVote,
    PostReport,
    PostRevision,
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
    "Conversation",
    "ConversationMember",
    "DirectMessage",
    "DirectReport",
    "Forum",
    "ForumAlias",
    "ForumBoard",
    "ForumFollow",
    "ForumPost",
    "ForumRead",
    "ForumTask",
    "ForumThread",
    "ForumVote",
    "Letter",
    "Mailbox",
    "Message",
    "MessageFile",
    "MessageReport",
    "MessageRevision",
    "MutedCourse",
    "Notification",
    "NotificationPreference",
    "NotificationTimes",
    "PersonBlock",
    "PostReport",
    "PostRevision",
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
