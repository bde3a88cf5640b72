"""Settings that protect people."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.web.processes import ROOT, surroundings

SHOW = '''
import json
from openvmo_web.config import settings
names = """IS_HTTPS SECURE_SSL_REDIRECT SECURE_HSTS_SECONDS SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE
    CSRF_TRUSTED_ORIGINS""".split()
print(json.dumps({name: getattr(settings, name) for name in names}))
'''


def shown(tmp_path: Path, **environment: str) -> dict[str, Any]:
    process = subprocess.run(
        [sys.executable, "-c", SHOW],
        env=surroundings(OPENVMO_DATA=str(tmp_path), OPENVMO_DATABASE_URL="", **environment),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, Any] = json.loads(process.stdout)
    return result


def test_it_works_without_https_on_this_machine_alone(tmp_path: Path) -> None:
    assert shown(tmp_path) == {
        "IS_HTTPS": False,
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
        "CSRF_TRUSTED_ORIGINS": [],
    }


@pytest.mark.parametrize("hosts", ["vmo.example.org", "localhost,vmo.example.org"])
def test_it_insists_on_https_anywhere_else(tmp_path: Path, hosts: str) -> None:
    found = shown(tmp_path, OPENVMO_ALLOWED_HOSTS=hosts)
    assert found["CSRF_TRUSTED_ORIGINS"][-1] == "https://vmo.example.org"
    del found["CSRF_TRUSTED_ORIGINS"]
    assert found == {
        "IS_HTTPS": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31_536_000,
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
    }
