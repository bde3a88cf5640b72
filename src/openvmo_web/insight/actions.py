"""What is written about runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from openvmo_web.access.models import User
from openvmo_web.access.permissions import require
from openvmo_web.audit.actions import record
from openvmo_web.common.fields import stored_amount
from openvmo_web.insight.analysis import (
    AnalysisResult,
    Comparison,
    canonical_json,
    frozen,
    parameters_complete,
    portfolio_as_known,
)
from openvmo_web.insight.models import Recomputation, Run, Snapshot, Worth
from openvmo_web.jobs import queue
from openvmo_web.portfolio.models import Portfolio


class CannotRun(ValueError):
    """An analysis cannot be started or repeated; the message says why and what to do."""


def run_start(*, portfolio: Portfolio, kind: str, parameters: Mapping[str, Any], by: User, at: datetime) -> Run:
    """Freeze what is known of a portfolio and queue an analysis of it.

    Raises:
        Refused: `by` may not start runs here.
        CannotRun: the portfolio is empty.
        ParameterError: a parameter cannot be used; the problems say which and why.
    """
    require(by, "run.start", portfolio_id=portfolio.pk)
    known = portfolio_as_known(portfolio, at)
    if not known.initiatives:
        raise CannotRun(_("The portfolio has no initiatives yet. Add or import initiatives, then start the run."))
    parameters = parameters_complete(kind, parameters)
    digest, document = frozen(known)
    with transaction.atomic():
        snapshot, _is_new = Snapshot.objects.get_or_create(
            digest=digest, defaults={"document": document, "recorded_at": at}
        )
        run = Run(
            portfolio=portfolio, kind=kind, parameters=parameters, snapshot=snapshot, started_by=by, started_at=at
        )
        run.save()
        run.job = queue.enqueue("insight.run", arguments={"run": run.pk}, by=by, portfolio_id=portfolio.pk)
        run.save(update_fields=["job"])
        changes = {"kind": (None, kind), "inputs": (None, digest)}
        record(by=by, at=at, action="run.start", on=run, portfolio_id=portfolio.pk, changes=changes)
    return run


def run_finish(*, run: Run, result: AnalysisResult, at: datetime) -> Run:
    """Keep the result of a run, once and for good; a run that has ended already stays as it is.

    Called by the task in the transaction in which its fence stands.
    """
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run.pk)
        if run.finished_at is not None:
            return run
        run.result, run.result_digest = canonical_json(result.document), result.digest
        run.engine_version, run.headline, run.finished_at = result.engine_version, _headline(result.document), at
        run.save(update_fields=["result", "result_digest", "engine_version", "headline", "finished_at"])
        Worth.objects.bulk_create(_worths(run, result.document))
        changes = {"result": (None, result.digest)}
        record(by=None, at=at, action="run.finish", on=run, portfolio_id=run.portfolio_id, changes=changes)
    return run


def run_fail(*, run: Run, reason: str, at: datetime) -> Run:
    """Note why a run could not come to a result; a run that has ended already stays as it is."""
    with transaction.atomic():
        run = Run.objects.select_for_update().get(pk=run.pk)
        if run.finished_at is not None:
            return run
        run.failure, run.finished_at = reason, at
        run.save(update_fields=["failure", "finished_at"])
        record(by=None, at=at, action="run.fail", on=run, portfolio_id=run.portfolio_id, note=reason)
    return run


def run_cancel(*, run: Run, by: User, at: datetime) -> Run:
    """Stop a run: one's own with the right to start runs, that of another with the right to cancel them."""
    require(by, "run.start" if run.started_by_id == by.pk else "run.cancel", portfolio_id=run.portfolio_id)
    with transaction.atomic():
        if run.job is not None and queue.request_cancel(run.job, at=at):
            record(by=by, at=at, action="run.cancel", on=run, portfolio_id=run.portfolio_id)
    return run


def recomputation_start(*, run: Run, by: User, at: datetime) -> Recomputation:
    """Queue a second computation of a finished run from its frozen inputs.

    Raises:
        Refused: `by` may not start runs here.
        CannotRun: the run has no result to compare with.
    """
    require(by, "run.start", portfolio_id=run.portfolio_id)
    if not run.is_finished:
        raise CannotRun(_("This run has no result to compare with. Only a finished run can be computed again."))
    with transaction.atomic():
        again = Recomputation.objects.create(run=run, started_by=by, started_at=at)
        arguments = {"recomputation": again.pk}
        again.job = queue.enqueue("insight.recompute", arguments=arguments, by=by, portfolio_id=run.portfolio_id)
        again.save(update_fields=["job"])
        record(by=by, at=at, action="recomputation.start", on=run, portfolio_id=run.portfolio_id)
    return again


def recomputation_finish(*, recomputation: Recomputation, comparison: Comparison, at: datetime) -> Recomputation:
    """Keep whether a second computation came to the same digits, with the first differences."""
    with transaction.atomic():
        again = Recomputation.objects.select_for_update().select_related("run").get(pk=recomputation.pk)
        if again.finished_at is not None:
            return again
        again.agrees, again.engine_version, again.finished_at = comparison.agrees, comparison.engine_version, at
        again.differences = [str(difference) for difference in comparison.differences]
        again.save(update_fields=["agrees", "differences", "engine_version", "finished_at"])
        run, changes = again.run, {"agrees": (None, comparison.agrees)}
        record(by=None, at=at, action="recomputation.finish", on=run, portfolio_id=run.portfolio_id, changes=changes)
    return again


def _headline(document: Mapping[str, Any]) -> float:
    """The expected net present value: of the plans as they stand, or of what was chosen."""
    npv: Mapping[str, float] = document["totals"]["npv"] if document["kind"] == "forecast" else document["npv"]
    return npv["mean"]


def _worths(run: Run, document: Mapping[str, Any]) -> Iterator[Worth]:
    keys = dict(run.portfolio.initiatives.values_list("code", "pk"))
    for alternative in document.get("alternatives", ()):
        if alternative["is_current"] and alternative["initiative"] in keys:
            npv = alternative["npv"]
            yield Worth(
                run=run,
                initiative_id=keys[alternative["initiative"]],
                npv_mean=stored_amount(npv["mean"]),
                npv_p10=stored_amount(npv["p10"]),
                npv_p90=stored_amount(npv["p90"]),
                probability_of_loss=alternative["probability_of_loss"],
            )
