"""Whether this server is well: what a load balancer, a container or a monitor asks."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openvmo import __version__


@dataclass(frozen=True)
class Finding:
    """The result of one check; what is not well says what to do."""

    is_well: bool
    detail: str = ""


Check = Callable[[], Finding]
_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Register a check of another room; it may raise ``DatabaseError``."""
    _checks[name] = check


@login_not_required
@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when all is well and 503 when not, with the findings of each check."""
    findings = {name: _finding(check) for name, check in {**OWN_CHECKS, **_checks}.items()}
    is_well = all(finding.is_well for finding in findings.values())
    body = {"is_well": is_well, "version": __version__, "checks": {name: asdict(f) for name, f in findings.items()}}
    return JsonResponse(body, status=200 if is_well else 503)


def _finding(check: Check) -> Finding:
    try:
        return check()
    except DatabaseError:
        return Finding(is_well=False, detail="The database does not answer.")


def database_answers() -> Finding:
    """Ask the database for one value."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Finding(is_well=True)


def migrations_are_applied() -> Finding:
    """Compare the migrations of this version with those of the database."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return Finding(is_well=False, detail="The database is older than the program: run “openvmo migrate”.")
    return Finding(is_well=True)


OWN_CHECKS: dict[str, Check] = {"database": database_answers, "migrations": migrations_are_applied}
