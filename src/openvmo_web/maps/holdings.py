"""The enablers, changes and outcomes on the map that name people, for those who leave."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from openvmo_web.access.holdings import NamedField, NamedRows
from openvmo_web.maps.models import Node


def _on_the_map() -> QuerySet[Node]:
    return Node.objects.filter(removed_at=None)


HOLDINGS = NamedRows(
    live=_on_the_map,
    fields=(NamedField("owner", _("Owner of things on the benefits map")),),
    action="node.pass_on",
    place="portfolio__name",
    portfolio="portfolio_id",
)
