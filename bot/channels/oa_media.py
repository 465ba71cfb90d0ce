"""Pictures and recordings of an official account: fetched by the id that a message named, laid ready for sending.

Source: official documents "temporary media" (upload, get). What lies there is kept for three days.
"""

from __future__ import annotations

from bot.channels.base import Attachment, ChannelError
from bot.channels.oa_messages import MEDIA
from bot.channels.wechat_api import File, WechatApi

UPLOAD, GET = "/cgi-bin/media/upload", "/cgi-bin/media/get"
LARGEST = 10 * 1024 * 1024  # bytes of a picture, the largest that is fetched or sent
LARGEST_VOICE = 2 * 1024 * 1024
NAMES = {  # what the platform takes: type and a file name, from which it tells the format
    "image/jpeg": ("image", "photo.jpg"),
    "image/png": ("image", "photo.png"),
    "image/gif": ("image", "photo.gif"),
    "audio/amr": ("voice", "voice.amr"),
    "audio/mpeg": ("voice", "voice.mp3"),
}


class NotFetchable(ChannelError):
    """The handle names nothing that can be fetched here; asking again would not help."""


def sendable(attachment: Attachment) -> str | None:
    """``image`` or ``voice``; None for what the platform does not take."""
    kind, _ = NAMES.get(attachment.mime, (None, ""))
    most = LARGEST_VOICE if kind == "voice" else LARGEST
    return kind if 0 < len(attachment.content) <= most else None


def upload(api: WechatApi, attachment: Attachment) -> str:
    """Lays it ready; its media id. Raises what the API raises: nobody has seen anything yet."""
    kind, name = NAMES[attachment.mime]
    answer = api.upload(UPLOAD, name, attachment.mime, attachment.content, type=kind)
    media_id = answer.get("media_id")
    if not isinstance(media_id, str) or not media_id:
        raise NotFetchable("the upload was answered without a media id")
    return media_id


def fetch(api: WechatApi, handle: str) -> File:
    """The file that ``oa-media:<id>`` names. Raises TryLater, Closed, ApiError, and NotFetchable for a film: of it
    the platform gives an address elsewhere, where nothing is fetched from."""
    media_id = handle.removeprefix(MEDIA)
    if media_id == handle or not media_id:
        raise NotFetchable("this is no handle of an official account")
    file = api.download(GET, LARGEST, media_id=media_id)
    if file.content[:1] == b"{":
        raise NotFetchable("the platform answered with an address in place of a file")
    return file
