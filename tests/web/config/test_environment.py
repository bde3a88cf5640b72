"""How the environment is read."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from openvmo_web.config import environment


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("Yes", True), ("off", False), ("0", False), ("", True)])
def test_it_reads_yes_and_no(monkeypatch: pytest.MonkeyPatch, value: str, expected: bool) -> None:
    monkeypatch.setenv("OPENVMO_DEBUG", value)
    assert environment.flag("OPENVMO_DEBUG", default=True) is expected


def test_it_says_how_to_write_yes_and_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENVMO_DEBUG", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="OPENVMO_DEBUG is 'perhaps': write 1 for yes or 0 for no"):
        environment.flag("OPENVMO_DEBUG", default=False)


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_it_says_how_to_write_a_number(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("OPENVMO_DATABASE_POOL", value)
    with pytest.raises(ImproperlyConfigured, match="write a whole number of at least 1"):
        environment.number("OPENVMO_DATABASE_POOL", 8)


def test_it_reads_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENVMO_ALLOWED_HOSTS", " vmo.example.org, ,10.0.0.1 ")
    assert environment.listing("OPENVMO_ALLOWED_HOSTS") == ["vmo.example.org", "10.0.0.1"]


def test_it_makes_a_secret_key_once_and_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENVMO_SECRET_KEY", raising=False)
    key = environment.secret_key(tmp_path)
    assert len(key) == 86
    assert environment.secret_key(tmp_path) == key
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_it_refuses_a_key_that_is_too_short(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("secret")
    with pytest.raises(ImproperlyConfigured, match="too short"):
        environment.secret_key(tmp_path)


def test_it_says_which_data_folder_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("OPENVMO_DATA", str(tmp_path / "file" / "data"))
    with pytest.raises(ImproperlyConfigured, match=r"file/data cannot be made: Not a directory\. Set OPENVMO_DATA"):
        environment.data_folder()


def test_it_describes_postgresql(tmp_path: Path) -> None:
    assert environment.database("postgresql://vm%40o:p%2Fw@db.example.org:5433/office?sslmode=require", tmp_path) == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "office",
        "USER": "vm@o",
        "PASSWORD": "p/w",
        "HOST": "db.example.org",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require", "pool": {"min_size": 1, "max_size": 8}},
    }


def test_it_describes_sqlite(tmp_path: Path) -> None:
    described = environment.database("", tmp_path)
    assert described["NAME"] == tmp_path / "openvmo.sqlite3"
    assert described["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize("url", ["mysql://host/name", "postgresql://host:port/name", "office"])
def test_it_says_how_to_write_a_database_address(url: str, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="write it like postgresql://user:password@host:5432/name"):
        environment.database(url, tmp_path)


def test_it_describes_a_mail_server() -> None:
    assert environment.email("smtps://me:pw@mail.example.org") == {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "mail.example.org",
        "EMAIL_PORT": 465,
        "EMAIL_HOST_USER": "me",
        "EMAIL_HOST_PASSWORD": "pw",
        "EMAIL_USE_SSL": True,
        "EMAIL_USE_TLS": False,
        "EMAIL_TIMEOUT": 10,
    }
    later = environment.email("smtp+tls://mail.example.org")
    assert (later["EMAIL_PORT"], later["EMAIL_USE_SSL"], later["EMAIL_USE_TLS"]) == (587, False, True)


def test_it_knows_when_only_this_machine_is_meant() -> None:
    assert environment.is_loopback_only(["localhost", "127.0.0.1"])
    assert not environment.is_loopback_only(["localhost", "vmo.example.org"])


def test_it_knows_the_address_that_people_type() -> None:
    local = ["127.0.0.1", "localhost"]
    assert environment.public_url("", local, is_https=False) == "http://127.0.0.1:8000"
    assert environment.public_url("", ["value.example.org"], is_https=True) == "https://value.example.org"
    assert environment.public_url("", ["*"], is_https=False) == "http://127.0.0.1:8000"
    assert environment.public_url("https://a.example/vmo/", local, is_https=False) == "https://a.example/vmo"
    for wrong in ("value.example.org", "ftp://value.example.org", "https://", "https://a.example/?x=1"):
        with pytest.raises(ImproperlyConfigured, match="OPENVMO_URL is not understood"):
            environment.public_url(wrong, local, is_https=False)
