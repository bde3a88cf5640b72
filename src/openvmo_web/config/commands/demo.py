"""``openvmo demo``: serves an invented organisation on this machine, loaded at the first start."""

from __future__ import annotations

import argparse
import os
import shutil
import time
from pathlib import Path

from openvmo_web.config.commands import serve
from openvmo_web.config.start import migrate_database, prepare

NAME = "demo"
HELP = "serve an invented organisation on this machine, to look around"
HOST = "127.0.0.1"
LOOPBACK = (HOST, "localhost", "::1")
DATABASE = "openvmo.sqlite3"
OURS = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", "secret_key", "files")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("openvmo-demo"),
        metavar="DIR",
        help="folder of the demo's data (default: openvmo-demo)",
    )
    parser.add_argument(
        "--host", default=HOST, help="a loopback address: the demo's password is known to all (default: 127.0.0.1)"
    )
    parser.add_argument("--port", type=int, default=8000, help="the port to listen on (default: 8000)")
    parser.add_argument("--fresh", action="store_true", help="delete the demo's data first and load the example anew")


def run(arguments: argparse.Namespace) -> int:
    """Load the example into an empty data folder, say how to sign in, and serve until stopped."""
    if arguments.host not in LOOPBACK:
        raise SystemExit(
            f"openvmo: the demo listens on this machine only, not on {arguments.host}: "
            "its password is printed here for all to see.\n"
            "To serve others, use “openvmo serve” with users of your own."
        )
    # Known before anything is loaded, rather than after.
    serve.listen(arguments.host, arguments.port).close()
    if arguments.fresh:
        _clear(arguments.data)
    os.environ["OPENVMO_DATA"] = str(arguments.data)
    if os.environ.pop("OPENVMO_DATABASE_URL", ""):
        print("The demo keeps its data in its own folder; OPENVMO_DATABASE_URL is left aside.", flush=True)
    prepare()
    _load(arguments.data)
    _tell_logins()
    return serve.run(argparse.Namespace(host=arguments.host, port=arguments.port, workers=1, no_worker=False))


def _clear(folder: Path) -> None:
    """Delete what the demo keeps in its folder, and nothing else."""
    for name in OURS:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _load(folder: Path) -> None:
    began = time.monotonic()
    print("Preparing the database …", flush=True)
    migrate_database()
    from django.utils import timezone

    from openvmo_web.access.models import User
    from openvmo_web.config.example import is_loaded, load_example

    if is_loaded():
        return
    if User.objects.exists():
        raise SystemExit(
            f"openvmo: {folder} holds data of your own, into which the example is not loaded.\n"
            "Choose another folder with --data, or serve your data with “openvmo serve”."
        )
    load_example(now=timezone.now(), say=lambda words: print(words, flush=True))
    print(f"The example is loaded ({time.monotonic() - began:.0f} s).", flush=True)


def _tell_logins() -> None:
    from openvmo_web.config.example import CAST, PASSWORD, address_of

    print(f"\nSign in as one of these, always with the password {PASSWORD}", flush=True)
    for key, (name, role) in CAST.items():
        print(f"  {address_of(key):24} {name}, {role.replace('_', ' ')}", flush=True)
    print(flush=True)
