"""Addresses of the realtime app: pages, and the resources it adds to the API."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from realtime.api.announcements import AnnouncementViewSet
from realtime.api.browsers import BrowsersView, BrowserView, PushKeyView
from realtime.api.chat import MessageViewSet
from realtime.api.direct import ConversationViewSet, DirectMessageViewSet
from realtime.api.files import MessageFileViewSet
from realtime.api.forum import BoardViewSet, ForumViewSet
from realtime.api.forum_posts import ForumPostViewSet
from realtime.api.forum_task import ForumTaskViewSet
from realtime.api.forum_threads import ForumThreadViewSet
from realtime.api.notifications import NotificationViewSet
from realtime.api.preferences import (
    MutedCoursesView,
    MutedCourseView,
    PreferencesView,
    PreferenceView,
    TimesView,
)
from realtime.api.rooms import RoomViewSet
from realtime.api.tickets import TicketViewSet
from realtime.views import direct, files, forum_acts, forum_desk
from realtime.views.announcements import announcements, delete, write
from realtime.views.announcements import edit as edit_announcement
from realtime.views.browsers import remove as remove_browser
from realtime.views.browsers import worker
from realtime.views.chat import again, chat, promote, remove
from realtime.views.forum import forum, new_thread, news, post, preview
from realtime.views.forum import thread as forum_thread
from realtime.views.moderation import desk, export, members, reports, settings
from realtime.views.notification_settings import (
    digests,
    mute,
    notification_settings,
    quiet,
    switches,
)
from realtime.views.notifications import notifications, open_notification, read_all
from realtime.views.room import act, edit, report, search, thread
from realtime.views.way_out import mail_off, mail_on

_F, _D = "c/<slug:slug>/discuss", "teach/<slug:slug>/discuss"
_T, _P = f"{_F}/t/<str:thread_id>", f"{_F}/p/<str:post_id>"
_forum: list[URLPattern | URLResolver] = [
    path(f"{_F}/", forum, name="forum"),
    path(f"{_F}/new/", new_thread, name="forum-new"),
    path(f"{_F}/preview/", preview, name="forum-preview"),
    path(f"{_F}/do/<slug:verb>/", forum_acts.act_on_forum, name="forum-act"),
    path(f"{_T}/", forum_thread, name="forum-thread"),
    path(f"{_T}/news/", news, name="forum-news"),
    path(f"{_T}/do/<slug:verb>/", forum_acts.act_on_thread, name="forum-thread-act"),
    path(f"{_P}/", post, name="forum-post"),
    path(f"{_P}/edit/", forum_acts.edit, name="forum-post-edit"),
    path(f"{_P}/delete/", forum_acts.delete, name="forum-post-delete"),
    path(f"{_P}/report/", forum_acts.report, name="forum-post-report"),
    path(f"{_P}/faq/", forum_acts.promote, name="forum-post-faq"),
    path(f"{_P}/history/", forum_acts.history, name="forum-post-history"),
    path(f"{_P}/do/<slug:verb>/", forum_acts.act_on_post, name="forum-post-act"),
    path(f"{_D}/", forum_desk.desk, name="teach-forum"),
    path(f"{_D}/settings/", forum_desk.settings, name="teach-forum-settings"),
    path(f"{_D}/boards/", forum_desk.boards, name="teach-forum-boards"),
    path(f"{_D}/boards/<str:board_id>/", forum_desk.board, name="teach-forum-board"),
    path(f"{_D}/reports/<str:post_id>/", forum_desk.reports, name="teach-forum-reports"),
    path(f"{_D}/export/", forum_desk.export, name="teach-forum-export"),
    path(f"{_D}/t/<str:thread_id>/task/", forum_desk.task, name="teach-forum-task"),
    path(f"{_D}/t/<str:thread_id>/marks/", forum_desk.marks, name="teach-forum-marks"),
]
page_urlpatterns: list[URLPattern | URLResolver] = [
    path("c/<slug:slug>/chat/", chat, name="course-chat"),
    path("c/<slug:slug>/chat/<str:message_id>/delete/", remove, name="course-chat-delete"),
    path("c/<slug:slug>/chat/search/", search, name="course-chat-search"),
    path("c/<slug:slug>/chat/<str:message_id>/thread/", thread, name="course-chat-thread"),
    path("c/<slug:slug>/chat/<str:message_id>/edit/", edit, name="course-chat-edit"),
    path("c/<slug:slug>/chat/<str:message_id>/report/", report, name="course-chat-report"),
    path("c/<slug:slug>/chat/<str:message_id>/do/<slug:verb>/", act, name="course-chat-act"),
    path("teach/<slug:slug>/chat/", desk, name="teach-chat"),
    path("teach/<slug:slug>/chat/settings/", settings, name="teach-chat-settings"),
    path("teach/<slug:slug>/chat/members/", members, name="teach-chat-members"),
    path("teach/<slug:slug>/chat/export/", export, name="teach-chat-export"),
    path("teach/<slug:slug>/chat/reports/<str:message_id>/", reports, name="teach-chat-reports"),
    path("c/<slug:slug>/chat/<str:message_id>/faq/", promote, name="course-chat-faq"),
    path("c/<slug:slug>/chat/<str:message_id>/again/", again, name="course-chat-again"),
    *_forum,
    path("message-files/<str:file_id>/", files.message_file, name="message-file"),
    path("message-files/signed/<str:token>/", files.signed, name="message-file-signed"),
    path("c/<slug:slug>/announcements/", announcements, name="course-announcements"),
    path("teach/<slug:slug>/announcements/", write, name="teach-announcements"),
    path(
        "teach/<slug:slug>/announcements/<str:announcement_id>/edit/",
        edit_announcement,
        name="teach-announcement-edit",
    ),
    path(
        "teach/<slug:slug>/announcements/<str:announcement_id>/delete/",
        delete,
        name="teach-announcement-delete",
    ),
    path("me/messages/", direct.inbox, name="messages"),
    path("me/messages/to/<str:person_id>/", direct.to, name="messages-to"),
    path("me/messages/said/<str:message_id>/edit/", direct.edit, name="messages-edit"),
    path("me/messages/said/<str:message_id>/delete/", direct.remove, name="messages-delete"),
    path("me/messages/said/<str:message_id>/report/", direct.report, name="messages-report"),
    path("me/messages/<str:conversation_id>/", direct.conversation, name="messages-conversation"),
    path("me/messages/<str:conversation_id>/block/", direct.block, name="messages-block"),
    path("teach/<slug:slug>/chat/direct/<str:report_id>/", direct.settle, name="teach-chat-direct"),
    path("me/notifications/", notifications, name="notifications"),
    path("me/notifications/read-all/", read_all, name="notifications-read-all"),
    path("me/notifications/switches/", switches, name="notification-switches"),
    path("me/notifications/settings/", notification_settings, name="notification-settings"),
    path("me/notifications/digests/", digests, name="notification-digests"),
    path("me/notifications/quiet/", quiet, name="notification-quiet"),
    path("me/notifications/mute/<str:course_id>/", mute, name="notification-mute"),
    path(
        "me/notifications/browsers/<str:browser_id>/",
        remove_browser,
        name="notification-browser-remove",
    ),
    path("push/worker.js", worker, name="push-worker"),
    path("mail/off/<str:token>/", mail_off, name="mail-off"),
    path("mail/on/<str:token>/", mail_on, name="mail-on"),
    path("me/notifications/<str:notification_id>/", open_notification, name="notification-open"),
]
api_urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "me/notification-preferences/", PreferencesView.as_view(), name="notification-preferences"
    ),
    path(
        "me/notification-preferences/<str:kind>/",
        PreferenceView.as_view(),
        name="notification-preference",
    ),
    path("me/notification-times/", TimesView.as_view(), name="notification-times"),
    path("me/push-key/", PushKeyView.as_view(), name="push-key"),
    path("me/push-subscriptions/", BrowsersView.as_view(), name="push-subscriptions"),
    path(
        "me/push-subscriptions/<str:browser_id>/", BrowserView.as_view(), name="push-subscription"
    ),
    path("me/muted-courses/", MutedCoursesView.as_view(), name="muted-courses"),
    path("me/muted-courses/<str:course_id>/", MutedCourseView.as_view(), name="muted-course"),
]


def register_api(router: SimpleRouter) -> None:
    """Add this app's resources under /api/v1/."""
    router.register("rooms", RoomViewSet, basename="room")
    router.register("forum/boards", BoardViewSet, basename="forum-board")
    router.register("forum/threads", ForumThreadViewSet, basename="forum-thread")
    router.register("forum/posts", ForumPostViewSet, basename="forum-post")
    router.register("forum/tasks", ForumTaskViewSet, basename="forum-task")
    router.register("forum/courses", ForumViewSet, basename="forum-course")
    router.register("messages", MessageViewSet, basename="message")
    router.register("conversations", ConversationViewSet, basename="conversation")
    router.register("direct-messages", DirectMessageViewSet, basename="direct-message")
    router.register("message-files", MessageFileViewSet, basename="message-file")
    router.register("announcements", AnnouncementViewSet, basename="announcement")
    router.register("notifications", NotificationViewSet, basename="notification")
    router.register("ws-tickets", TicketViewSet, basename="ws-ticket")
