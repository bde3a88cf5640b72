"""``openvmo serve``: the web pages, the API, and the workers beside them."""

import argparse
import os
import socket
from typing import Any

import uvicorn

from openvmo_web.config.signals import stop_on_signals
from openvmo_web.config.start import migrate_database, prepare
from openvmo_web.config.supervisor import Supervisor

NAME = "serve"
HELP = "start the web server and its worker"
# Open streams are closed by ourselves; a page that is being made is given this long.
GRACE_SECONDS = 5
BACKLOG = 2048
DEFAULT_PORT = 8000
HIGHEST_PORT = 65535


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="the port to listen on (default: 8000)")
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="how many worker processes (default: 1)")
    parser.add_argument("--no-worker", action="store_true", help="start no worker: “openvmo worker” runs elsewhere")


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal comes; then stop the workers too."""
    listener = listen(arguments.host, arguments.port)
    prepare()
    # Set before the server takes the signals over: it hands them back to these when it has stopped.
    stop_on_signals()
    migrate_database()
    supervisor = Supervisor(0 if arguments.no_worker else arguments.workers)
    supervisor.start()
    try:
        with listener:
            _Server(address=address_of(arguments.host, listener)).run(sockets=[listener])
    finally:
        supervisor.stop()
    return 0


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens, or end the program with a remedy."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    if os.name == "posix":
        # Elsewhere this option would let two servers take the same port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        other = port + 1 if port < HIGHEST_PORT else DEFAULT_PORT
        raise SystemExit(
            f"openvmo: cannot listen on port {port} of {host}: {getattr(error, 'strerror', None) or error}.\n"
            f"Stop the program that uses it, or choose another one: openvmo serve --port {other}"
        ) from error
    return listener


def address_of(host: str, listener: socket.socket) -> str:
    """Return the address under which a browser finds the server."""
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}/"


class _Server(uvicorn.Server):
    """uvicorn with two additions: it says when it is ready, and ends open streams when it stops."""

    def __init__(self, address: str) -> None:
        super().__init__(
            uvicorn.Config(
                "openvmo_web.config.asgi:application",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._address = address

    async def startup(self, *arguments: Any, **options: Any) -> None:
        await super().startup(*arguments, **options)
        print(f"OpenVMO is ready at {self._address} (stop it with Ctrl+C)", flush=True)

    async def shutdown(self, *arguments: Any, **options: Any) -> None:
        from openvmo_web.jobs.hub import current_hub

        current_hub().close()
        await super().shutdown(*arguments, **options)
