#!/usr/bin/env python3
"""The front door of OpenVMO.

    python3 run.py demo     set everything up in this folder, load an example organisation, serve it
    python3 run.py test     set everything up in this folder and run all checks and tests

Needs Python 3.11 or newer and nothing else. Add --help to a command for its options.
"""

import shutil
import sys

OLDEST = (3, 11)
# This file must also parse on Pythons that are too old, so that they can say so; the rest lives in tools/.


def newer_python() -> str:
    """The name of a new enough Python on this computer, or nothing."""
    names = [f"python3.{minor}" for minor in range(14, OLDEST[1] - 1, -1)]
    return next((name for name in names if shutil.which(name)), "")


def refuse_old_python() -> None:
    """End with a remedy when this Python is older than OpenVMO needs."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    if sys.version_info[:2] >= OLDEST:
        return
    found = newer_python()
    remedy = (
        "Install a newer Python from https://www.python.org/downloads/ or with your package manager, and start again."
    )
    if found:
        remedy = f"This computer has a newer one. Start again with it:\n  {found} run.py {' '.join(sys.argv[1:])}"
    sys.exit(f"OpenVMO needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is Python {version}.\n{remedy}")


if __name__ == "__main__":
    refuse_old_python()
    from tools.front_door import main

    sys.exit(main(sys.argv[1:]))
