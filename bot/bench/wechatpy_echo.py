"""A yardstick for WeCom: wechatpy's cryptography, parsing and reply. ``python -m bot.bench.wechatpy_echo PORT``.

An echo on Starlette and the server that Menkou has too; it stores nothing.
"""

from __future__ import annotations

import importlib
import sys
from typing import Any

import uvicorn

from bot.bench.workload import AES_KEY, CORP_ID, TOKEN
from bot.web import server


def main(port: int) -> None:
    """Serves until it is ended."""
    with server.listen("127.0.0.1", port) as door:
        uvicorn.Server(server.configuration(_web())).run(sockets=[door])


def _web() -> Any:
    enterprise = importlib.import_module("wechatpy.enterprise")
    crypto = enterprise.WeChatCrypto(TOKEN, AES_KEY, CORP_ID)
    answered = importlib.import_module("starlette.responses").Response

    async def echo(request: Any) -> Any:
        query, body = request.query_params, await request.body()
        timestamp, nonce = query["timestamp"], query["nonce"]
        message = enterprise.parse_message(crypto.decrypt_message(body, query["msg_signature"], timestamp, nonce))
        reply = enterprise.create_reply(message.content, message)
        return answered(crypto.encrypt_message(reply.render(), nonce, timestamp), media_type="application/xml")

    route = importlib.import_module("starlette.routing").Route("/callback/wecom", echo, methods=["POST"])
    return importlib.import_module("starlette.applications").Starlette(routes=[route])


if __name__ == "__main__":
    main(int(sys.argv[1]))
