"""What waits for the answer of people by name, for those who leave."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.holdings import NamedField, NamedRows
from openvmo_web.realisation.models import Handover, Request


def _open_handovers() -> QuerySet[Handover]:
    return Handover.objects.filter(state="proposed")


def _open_requests() -> QuerySet[Request]:
    return Request.objects.filter(state="open")


HANDOVERS = NamedRows(
    live=_open_handovers,
    fields=(NamedField("sustainer", _("Benefits offered to sustain")),),
    action="handover.redirect",
    place="benefit__initiative__portfolio__name",
    portfolio="benefit__initiative__portfolio_id",
    permission="benefit.own",
)
REQUESTS = NamedRows(
    live=_open_requests,
    fields=(NamedField("addressee", _("Measurements to give")),),
    action="request.redirect",
    place="portfolio__name",
    portfolio="portfolio_id",
    permission="benefit.own",
)
