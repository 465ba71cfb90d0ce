"""The yardstick: WeRoBot's encrypted echo. ``python -m bot.bench.werobot_echo PORT SERVER``.

Its session storage is switched off, which makes it several times as fast; it stores nothing.
``auto`` is what ``robot.run()`` starts: Waitress where that is installed, else the standard library's wsgiref.
"""

from __future__ import annotations

import importlib
import logging
import socket
import sys
from typing import Any

from bot.bench.workload import AES_KEY, APP_ID, TOKEN

SERVERS = {"auto": None, "waitress": "waitress", "cheroot": "cheroot", "gevent": "gevent"}  # name: module it needs


def main(port: int, server: str) -> None:
    """Serves until it is ended."""
    if server == "gevent":
        importlib.import_module("gevent.monkey").patch_all()
    robot = _robot()
    logging.disable()
    if server == "gevent":
        _serve_by_gevent(robot, port)
    else:
        robot.wsgi.run(server=server, host="127.0.0.1", port=port, quiet=True)


def _robot() -> Any:
    robot = importlib.import_module("werobot").WeRoBot(token=TOKEN, enable_session=False)
    robot.config["APP_ID"] = APP_ID
    robot.config["ENCODING_AES_KEY"] = AES_KEY
    robot.text(lambda message: message.content)
    return robot


def _serve_by_gevent(robot: Any, port: int) -> None:
    """Not by Bottle's adapter: gevent sends head and body apart, and would wait 40 ms between them."""
    door = importlib.import_module("gevent.socket").socket(socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted connections inherit it
    door.bind(("127.0.0.1", port))
    door.listen(1024)
    importlib.import_module("gevent.pywsgi").WSGIServer(door, robot.wsgi, log=None, error_log=None).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
