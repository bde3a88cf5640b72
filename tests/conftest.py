"""What every test stands on: settings of its own, no network, no chance."""

import os
import socket
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

_data_folder = tempfile.TemporaryDirectory(prefix="openvmo-tests-")
os.environ.update(
    DJANGO_SETTINGS_MODULE="openvmo_web.config.settings",
    OPENVMO_DATA=_data_folder.name,
    OPENVMO_DATABASE_URL=os.environ.get("OPENVMO_TEST_DATABASE_URL", ""),
    OPENVMO_LOG_LEVEL="WARNING",
)
for name in ("OPENVMO_SECRET_KEY", "OPENVMO_DEBUG", "OPENVMO_ALLOWED_HOSTS", "OPENVMO_EMAIL_URL", "OPENVMO_HTTPS"):
    os.environ.pop(name, None)

# The same examples at every run; no deadline, for the machine may be busy.
settings.register_profile("openvmo", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("openvmo")

LOOPBACK = ("127.", "::1", "localhost")


def pytest_configure(config: pytest.Config) -> None:
    """Let each process of a parallel run set Django up for itself.

    With the settings named in the environment that it inherits, a process would read them before it comes to this file,
    and so share the data folder of its parent with its brothers.
    """
    if getattr(config.option, "numprocesses", None):
        os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def pytest_unconfigure() -> None:
    """Remove the data folder of the tests."""
    _data_folder.cleanup()


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Any:
    """Let no test reach further than this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(LOOPBACK):
            raise RuntimeError(f"A test tried to reach {address[0]}: tests use no network.")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, which is no part of the project; a test that needs it skips visibly without it."""
    named = os.environ.get("OPENVMO_SHARED_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if folder.is_dir():
        return folder
    reason = f"real data not found in {folder}; set OPENVMO_SHARED_DATA to its folder"
    if "shared-data" in os.environ.get("OPENVMO_REQUIRE", "").split(","):
        pytest.fail(reason)
    pytest.skip(reason)
