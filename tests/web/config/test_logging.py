"""No secret reaches a log."""

from openvmo_web.config.logging import hide_secrets


def test_it_hides_fields_with_the_name_of_a_secret() -> None:
    event = {
        "event": "sign-in",
        "password": "hunter2",
        "headers": {"Authorization": "Basic xyz", "Host": "a"},
        "api_key": 1,
    }
    assert hide_secrets(None, "info", event) == {
        "event": "sign-in",
        "password": "[hidden]",
        "headers": {"Authorization": "[hidden]", "Host": "a"},
        "api_key": "[hidden]",
    }


def test_it_hides_secrets_in_texts() -> None:
    event = {
        "event": "GET with Bearer abc.def-1",
        "url": "postgresql://vmo:geheim@db/office",
        "texts": ["openvmo_0123456789abcdefXYZ is mine", "nothing"],
    }
    assert hide_secrets(None, "info", event) == {
        "event": "GET with Bearer [hidden]",
        "url": "postgresql://[hidden]@db/office",
        "texts": ["[hidden] is mine", "nothing"],
    }
