"""The faces of jobs: how one stands, live or asked for, and the wish to stop it."""

import asyncio
import json
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from openvmo_web.access.models import User
from openvmo_web.common.database import give_connection_back
from openvmo_web.common.http import AuthenticatedRequest
from openvmo_web.jobs.actions import job_cancel
from openvmo_web.jobs.hub import current_hub
from openvmo_web.jobs.queries import JobState, jobs_visible_to, state_of

KEEP_ALIVE_SECONDS = 15
STREAM_HEADERS = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


@require_safe
def job(request: AuthenticatedRequest, pk: int) -> JsonResponse:
    """Tell how a job stands."""
    return JsonResponse(state_of(get_object_or_404(jobs_visible_to(request.user), pk=pk)))


async def events(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Tell how a job stands, and go on telling while it changes; who asks for JSON is told once."""
    user = await request.auser()
    state = await sync_to_async(_visible_state)(user, pk)
    if state is None:
        raise Http404
    if "text/event-stream" not in request.headers.get("Accept", "text/event-stream"):
        return JsonResponse(state)
    return StreamingHttpResponse(_stream(pk), content_type="text/event-stream", headers=STREAM_HEADERS)


def _visible_state(user: object, pk: int) -> JobState | None:
    """Return how a job stands if the person may see it, and give the connection back before the stream begins."""
    try:
        found = jobs_visible_to(user).filter(pk=pk).first() if isinstance(user, User) else None
        return None if found is None else state_of(found)
    finally:
        give_connection_back()


async def _stream(pk: int) -> AsyncIterator[str]:
    async with current_hub().watch(pk) as mailbox:
        while True:
            try:
                state = await asyncio.wait_for(mailbox.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield ": still there\n\n"
                continue
            if state is None:
                return
            yield f"event: progress\ndata: {json.dumps(state)}\n\n"
            if state["is_finished"]:
                return


@require_POST
def cancel(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Cancel a job and go back to the page from which it was asked for."""
    found = get_object_or_404(jobs_visible_to(request.user), pk=pk)
    job_cancel(job=found, by=request.user, at=timezone.now())
    back = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back) if is_ours else JsonResponse(state_of(found))
