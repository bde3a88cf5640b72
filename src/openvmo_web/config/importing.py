"""``openvmo import FILE --into SLUG``: the import page's actions, from the server's command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from openvmo.cli.output import say
from openvmo_web.config import environment
from openvmo_web.config.start import migrate_database, prepare

if TYPE_CHECKING:
    from openvmo_web.access.models import User
    from openvmo_web.exchange.models import Import

SHOWN = 20


def import_into(file: Path, slug: str, *, format: str | None = None, is_dry_run: bool = False) -> int:
    """Import a file into the portfolio at an address, or into a new one there; all of it or nothing.

    Args:
        file: The file, or a folder of CSV files.
        slug: The address of the portfolio.
        format: The name of a format; None recognises it.
        is_dry_run: Say what would change, and change nothing.

    Returns:
        The exit status: 1 when the file cannot be imported.
    """
    prepare()
    migrate_database()
    from django.core.exceptions import PermissionDenied, ValidationError
    from django.utils import timezone

    from openvmo_web.exchange.actions import import_apply, import_discard, import_read, import_take_in
    from openvmo_web.portfolio.models import Portfolio

    by, at = _person(), timezone.now()
    content, name = _content(Path(file), format)
    try:
        portfolio = Portfolio.objects.filter(slug=slug).first()
        imported = import_take_in(content=content, file_name=name, portfolio=portfolio, slug=slug, by=by, at=at)
        imported = import_read(imported=imported, by=by, at=at)
        _print_preview(imported)
        if imported.state == "refused":
            return 1
        if is_dry_run:
            import_discard(imported=imported, by=by, at=at)
            say("Nothing was changed: this was a dry run.")
            return 0
        import_apply(imported=imported, by=by, at=at)
    except (PermissionDenied, ValidationError) as problem:
        raise SystemExit(f"openvmo: {' '.join(getattr(problem, 'messages', [str(problem)]))}") from problem
    say(f"Imported into /p/{slug}/.")
    return 0


def _content(file: Path, format: str | None) -> tuple[bytes, str]:
    """The content of a file; a folder, or a forced format, is first read and put into the native form."""
    if format is None and file.is_file():
        return file.read_bytes(), file.name
    from openvmo.engine.model import PortfolioError
    from openvmo.files import read_portfolio, to_bytes

    try:
        return to_bytes(read_portfolio(file, format=format), "json"), f"{file.name}.json"
    except (PortfolioError, OSError) as problem:
        raise SystemExit(f"openvmo: {problem}") from problem


def _person() -> User:
    """Who imports: the user named by OPENVMO_USER, or the only administrator."""
    from openvmo_web.access.models import User

    email = environment.text("OPENVMO_USER").lower()
    active = User.objects.filter(is_active=True)
    administrators = active.filter(assignments__role="administrator", assignments__revoked_at=None).distinct()
    found: Sequence[Any] = list(active.filter(email=email) if email else administrators[:2])
    if len(found) != 1:
        raise SystemExit(
            "openvmo: it is not clear who imports.\nSet OPENVMO_USER to the e-mail address of a user who may import."
        )
    person: User = found[0]
    return person


def _print_preview(imported: Import) -> None:
    from openvmo_web.exchange.queries import counts_of

    for finding in imported.findings[:SHOWN]:
        place = ", ".join(str(finding[part]) for part in ("sheet", "row", "column") if finding[part])
        say(f"{finding['severity']}: {place + ': ' if place else ''}{finding['problem']} {finding['remedy']}")
    if len(imported.findings) > SHOWN:
        say(f"… and {len(imported.findings) - SHOWN} more findings; the import page lists all of them.")
    for count in counts_of(imported):
        say(f"{count.label}: {count.added} new, {count.changed} changed")
    if imported.state == "refused":
        say("Nothing was changed, because there are errors. Correct them in the file, then import it again.")
    elif not counts_of(imported):
        say("Nothing would change: the portfolio holds everything that the file says.")
