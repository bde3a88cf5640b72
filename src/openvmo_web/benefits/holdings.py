"""The benefits that name people, for those who leave."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.holdings import NamedField, NamedRows
from openvmo_web.benefits.models import Benefit


def _live() -> QuerySet[Benefit]:
    return Benefit.objects.exclude(state="retired")


HOLDINGS = NamedRows(
    live=_live,
    fields=(
        NamedField("owner", _("Owner of benefits"), "owner_name"),
        NamedField("measurer", _("Measurer of benefits"), "measurer_name"),
        NamedField("sustainer", _("Sustainer of benefits"), "sustainer_name"),
    ),
    action="benefit.change",
    place="initiative__portfolio__name",
    portfolio="initiative__portfolio_id",
    permission="benefit.own",
)
