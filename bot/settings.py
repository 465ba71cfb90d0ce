"""All settings of a deployment, from the environment, checked once at start.

Every field carries the name of its environment variable and one sentence; ``docs/settings.md`` repeats them and a
test compares the two. Nothing else in the program reads the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from pathlib import Path
from typing import Any

from bot.setting_values import (
    SettingError,
    as_aes_key,
    as_database,
    as_flag,
    as_keys,
    as_number,
    as_number_or_never,
    as_one_of,
    as_path,
    as_queue,
    as_text,
    as_time,
    as_url,
)
from bot.settings_check import check, check_begun, check_names, secret_keys

__all__ = ["SettingError", "Settings"]


def _setting(
    env: str,
    text: str,
    default: Any = "",
    *,
    parse: Callable[[str, str], Any] = as_text,
    secret: bool = False,
) -> Any:
    return field(
        default=default, repr=not secret, metadata={"env": env, "text": text, "parse": parse, "secret": secret}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One deployment. Build it with ``Settings.from_env``; tests may give the fields directly."""

    database_url: str = _setting(
        "DATABASE_URL",
        "Address of the database; empty means SQLite in the data folder.",
        parse=as_database,
        secret=True,
    )
    redis_url: str | None = _setting(
        "REDIS_URL",
        "Address of Redis or Valkey; empty means the bundled server, for one machine.",
        None,
        parse=as_queue,
        secret=True,
    )
    host: str = _setting("MENKOU_HOST", "Address that the web process listens on.", "127.0.0.1")
    port: int = _setting("PORT", "Port that the web process listens on.", 8000, parse=as_number(1, 65535))
    data: Path = _setting(
        "MENKOU_DATA", "Folder for the database, keys, spool and sockets.", Path("data"), parse=as_path
    )
    public_url: str = _setting(
        "MENKOU_PUBLIC_URL", "Address that residents' links begin with; empty means host and port.", parse=as_url
    )
    secret_keys: tuple[bytes, ...] = _setting(
        "MENKOU_SECRET_KEY",
        "Comma-separated base64 keys of 32 bytes: the first writes, all read; made in the data folder on SQLite.",
        (),
        parse=as_keys,
        secret=True,
    )
    keep_talk_hours: int = _setting(
        "MENKOU_KEEP_TALK_HOURS",
        "Hours until words that were not a report are blanked, 0 to 72.",
        24,
        parse=as_number(0, 72),
    )
    keep_tickets_days: int = _setting(
        "MENKOU_KEEP_TICKETS_DAYS",
        "Days after its end until the words and photos of a ticket are erased, 30 to 36500; 0: never.",
        1095,
        parse=as_number_or_never(30, 36_500),
    )
    policy: Path | None = _setting(
        "MENKOU_POLICY",
        "File with this deployment's own deadlines; empty: those that come with Menkou.",
        None,
        parse=as_path,
    )
    review_hours: int = _setting(
        "MENKOU_REVIEW_HOURS",
        "Hours of day until whoever confirms a ticket is reminded, and again until it lapses, 1 to 12.",
        4,
        parse=as_number(1, 12),
    )
    review_list_at: time = _setting(
        "MENKOU_REVIEW_LIST_AT",
        "When the list of what was heard in groups in shadow is sent, Asia/Shanghai.",
        time(21),
        parse=as_time,
    )
    review_list_role: str = _setting(
        "MENKOU_REVIEW_LIST_ROLE",
        "Who reads that list: community, grid_lead, dispatcher, street_leader or admin.",
        "community",
        parse=as_one_of("community", "grid_lead", "dispatcher", "street_leader", "admin"),
    )
    notice_quiet_from: time = _setting(
        "MENKOU_NOTICE_QUIET_FROM",
        "When notices stop for the night, but for emergencies, Asia/Shanghai.",
        time(21),
        parse=as_time,
    )
    notice_quiet_until: time = _setting(
        "MENKOU_NOTICE_QUIET_UNTIL", "When they go on in the morning, Asia/Shanghai.", time(7, 30), parse=as_time
    )
    notice_second_above: int = _setting(
        "MENKOU_NOTICE_SECOND_ABOVE",
        "Households above which a second person confirms a notice; the largest community decides for itself anyway.",
        3000,
        parse=as_number(0, 10_000_000),
    )
    notice_preview_minutes: int = _setting(
        "MENKOU_NOTICE_PREVIEW_MINUTES",
        "Minutes for which the preview of a notice may be confirmed, 5 to 120.",
        30,
        parse=as_number(5, 120),
    )
    font: Path | None = _setting(
        "MENKOU_FONT", "Font file with Chinese characters, for pictures; empty: those of Debian.", None, parse=as_path
    )
    metrics_token: str = _setting(
        "MENKOU_METRICS_TOKEN", "Bearer token that opens /metrics from other machines.", secret=True
    )
    hotline_token: str = _setting(
        "MENKOU_HOTLINE_TOKEN", "Bearer token of /api/v1/hotline-orders; without one it does not exist.", secret=True
    )
    sample: bool = _setting(
        "MENKOU_SAMPLE",
        "Marks an empty database as the sample neighbourhood and opens the playground.",
        False,
        parse=as_flag,
    )
    sample_channels: bool = _setting(
        "MENKOU_SAMPLE_CHANNELS", "Allows sample mode with a real channel's credentials set.", False, parse=as_flag
    )
    dev_plaintext: bool = _setting(
        "MENKOU_DEV_PLAINTEXT",
        "Development only: accept the official account's unencrypted mode.",
        False,
        parse=as_flag,
    )

    oa_app_id: str = _setting("MENKOU_OA_APP_ID", "Official account: AppID.")
    oa_app_secret: str = _setting("MENKOU_OA_APP_SECRET", "Official account: AppSecret.", secret=True)
    oa_token: str = _setting("MENKOU_OA_TOKEN", "Official account: token that signs callbacks.", secret=True)
    oa_aes_key: str = _setting("MENKOU_OA_AES_KEY", "Official account: EncodingAESKey.", parse=as_aes_key, secret=True)
    oa_api_base: str = _setting(
        "MENKOU_OA_API_BASE",
        "Official account: scheme, host and prefix of its API, without /cgi-bin.",
        "https://api.weixin.qq.com",
        parse=as_url,
    )
    oa_oauth: bool = _setting(
        "MENKOU_OA_OAUTH",
        "Official account: residents' pages may ask the platform who looks; its console must name our domain first.",
        False,
        parse=as_flag,
    )
    oa_open_base: str = _setting(
        "MENKOU_OA_OPEN_BASE",
        "Official account: scheme and host of the platform's page that tells who looks at a resident's page.",
        "https://open.weixin.qq.com",
        parse=as_url,
    )
    oa_templates: Path | None = _setting(
        "MENKOU_OA_TEMPLATES", "Official account: file that maps purposes to template ids.", None, parse=as_path
    )

    wecom_corp_id: str = _setting("MENKOU_WECOM_CORP_ID", "WeCom: corporation id, shared by all its doors.")
    wecom_agent_id: str = _setting("MENKOU_WECOM_AGENT_ID", "WeCom app: agent id.")
    wecom_secret: str = _setting("MENKOU_WECOM_SECRET", "WeCom app: secret.", secret=True)
    wecom_token: str = _setting("MENKOU_WECOM_TOKEN", "WeCom app: token that signs callbacks.", secret=True)
    wecom_aes_key: str = _setting("MENKOU_WECOM_AES_KEY", "WeCom app: EncodingAESKey.", parse=as_aes_key, secret=True)
    wecom_api_base: str = _setting(
        "MENKOU_WECOM_API_BASE",
        "WeCom: scheme, host and prefix of its API, without /cgi-bin.",
        "https://qyapi.weixin.qq.com",
        parse=as_url,
    )
    kf_secret: str = _setting("MENKOU_KF_SECRET", "WeChat customer service: secret.", secret=True)
    kf_token: str = _setting("MENKOU_KF_TOKEN", "WeChat customer service: token that signs callbacks.", secret=True)
    kf_aes_key: str = _setting(
        "MENKOU_KF_AES_KEY", "WeChat customer service: EncodingAESKey.", parse=as_aes_key, secret=True
    )
    archive_secret: str = _setting("MENKOU_ARCHIVE_SECRET", "WeCom message archive: secret.", secret=True)
    archive_private_keys: Path | None = _setting(
        "MENKOU_ARCHIVE_PRIVATE_KEYS", "WeCom message archive: file with the RSA private keys.", None, parse=as_path
    )
    aibot_id: str = _setting("MENKOU_AIBOT_ID", "WeCom smart bot over its socket: id.")
    aibot_secret: str = _setting("MENKOU_AIBOT_SECRET", "WeCom smart bot over its socket: secret.", secret=True)
    aibot_token: str = _setting("MENKOU_AIBOT_TOKEN", "WeCom smart bot over callbacks: token.", secret=True)
    aibot_aes_key: str = _setting(
        "MENKOU_AIBOT_AES_KEY", "WeCom smart bot over callbacks: EncodingAESKey.", parse=as_aes_key, secret=True
    )
    sms_url: str = _setting("MENKOU_SMS_URL", "SMS and voice port: address that alarms are posted to.", parse=as_url)
    sms_token: str = _setting("MENKOU_SMS_TOKEN", "SMS and voice port: bearer token.", secret=True)
    onebot_token: str = _setting("MENKOU_ONEBOT_TOKEN", "OneBot 11: access token of its WebSocket.", secret=True)

    def __post_init__(self) -> None:
        """Fills what follows from other fields. Raises SettingError on a combination that cannot work."""
        fill = object.__setattr__
        fill(self, "data", self.data.expanduser().absolute())
        url = self.database_url or f"sqlite:///{self.data / 'menkou.db'}"
        fill(self, "database_url", as_database("DATABASE_URL", url))
        fill(self, "public_url", (self.public_url or f"http://{self.host}:{self.port}").rstrip("/"))
        check(self)

    @classmethod
    def from_env(cls, environ: Mapping[str, str], *, begins: bool = True) -> Settings:
        """Reads and checks everything; on SQLite makes the data folder and its key when they are not there.

        Raises SettingError with one sentence that names the variable at fault, and where a deployment that does not
        begin now is not there: a command in the wrong folder leaves none behind.
        """
        check_names(environ, [item.metadata["env"] for item in fields(cls)])
        values: dict[str, Any] = {}
        for item in fields(cls):
            raw = environ.get(item.metadata["env"], "").strip()
            if raw:
                values[item.name] = item.metadata["parse"](item.metadata["env"], raw)
        if not begins:
            check_begun(cls(**values))
        if "secret_keys" not in values:
            values["secret_keys"] = secret_keys(cls(**values), given=bool(values.get("database_url")))
        return cls(**values)

    @property
    def embedded_database(self) -> bool:
        """Whether the database is the file in the data folder rather than one that an operator gave."""
        return self.database_url.startswith("sqlite")

    @property
    def run_folder(self) -> Path:
        """Folder of sockets, locks and the list of running children."""
        return self.data / "run"
