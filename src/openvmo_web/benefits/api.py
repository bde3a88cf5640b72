"""Benefits for programs."""

from decimal import Decimal

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from ninja import Field, Router, Schema
from ninja.pagination import paginate

from openvmo.engine.model.kinds import BenefitClass, ValueDriver
from openvmo_web.benefits.models import Benefit
from openvmo_web.common.api import Paged, responses
from openvmo_web.common.http import authenticated
from openvmo_web.portfolio.queries import initiative_of, portfolio_of

router = Router(tags=["Benefits"])


class BenefitOut(Schema):
    """A benefit of an initiative."""

    code: str
    name: str
    kind: BenefitClass
    driver: ValueDriver
    is_disbenefit: bool
    objective: str | None = Field(None, alias="objective.code")
    owner: str = Field(alias="owner_name")
    measure: str
    unit: str = Field(description="Unit of its values; empty means money.")
    value_per_unit: Decimal | None = Field(description="Money that one unit is worth; null when no value was agreed.")


def benefit_at(request: HttpRequest, slug: str, code: str, benefit: str) -> Benefit:
    """Return the benefit at an address; what one may not see does not exist for him."""
    initiative = initiative_of(portfolio_of(authenticated(request).user, slug), code)
    found = Benefit.objects.select_related("initiative").filter(initiative=initiative, code=benefit).first()
    if found is None:
        raise Http404(_("There is no benefit “%(code)s” in this initiative.") % {"code": benefit})
    return found


@router.get(
    "/portfolios/{slug:slug}/initiatives/{code:code}/benefits",
    response=responses(list[BenefitOut], 404),
    summary="Benefits of an initiative",
)
@paginate(Paged)
def benefits(request: HttpRequest, slug: str, code: str) -> QuerySet[Benefit]:
    """List the benefits that an initiative may bring."""
    initiative = initiative_of(portfolio_of(authenticated(request).user, slug), code)
    return Benefit.objects.filter(initiative=initiative).select_related("objective").order_by("position")
