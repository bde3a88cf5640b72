"""The description of the API is kept as a snapshot, so that no change of the contract goes unseen.

After a wanted change write it anew: ``OPENVMO_WRITE_SNAPSHOTS=1 pytest tests/web/api/test_description.py``.
"""

import json
import os
from pathlib import Path

from django.test import Client

SNAPSHOT = Path(__file__).parent / "openapi.json"


def test_it_is_the_snapshot(db: None) -> None:
    described = json.dumps(Client().get("/api/openapi.json").json(), indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("OPENVMO_WRITE_SNAPSHOTS"):
        SNAPSHOT.write_text(described, encoding="utf-8")
    assert described == SNAPSHOT.read_text(encoding="utf-8")


def test_it_is_open_api_3_1_and_open_to_everybody(db: None) -> None:
    described = Client().get("/api/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    assert described["components"]["securitySchemes"]["TokenAuth"] == {"type": "http", "scheme": "bearer"}


def test_every_operation_documents_who_is_refused(db: None) -> None:
    for operations in Client().get("/api/openapi.json").json()["paths"].values():
        for operation in operations.values():
            assert {"400", "401", "403", "422", "429"} <= set(operation["responses"])
