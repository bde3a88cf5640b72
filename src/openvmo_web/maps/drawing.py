"""The map as the drawing script takes it, with every word in the reader's language."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from openvmo_web.common import formats
from openvmo_web.common.fields import label_of
from openvmo_web.maps.queries import NODE, BenefitMap, Connection, split_id
from openvmo_web.maps.rules import COLUMNS, HEIGHT, TOP, WIDTH, Thing, downstream
from openvmo_web.maps.what_if import WhatIf
from openvmo_web.maps.words import ALL_KINDS, COLUMN_TITLES, share_words
from openvmo_web.portfolio.models import Portfolio


def drawing_of(shown: BenefitMap) -> dict[str, Any]:
    """Return everything that is drawn of a map: things with their places and words, links, and the headings."""
    largest = max((abs(value) for value in shown.values.values()), default=0)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "top": TOP,
        "bands": [
            {"kind": band.kind, "title": str(COLUMN_TITLES[band.kind]), "start": band.start, "end": band.end + WIDTH}
            for band in shown.layout.bands
        ],
        "things": [_thing(shown, thing, largest) for thing in in_reading_order(shown)],
        "links": [_link(shown, one) for one in shown.connections],
    }


def in_reading_order(shown: BenefitMap) -> list[Thing]:
    """Return the things column by column, each from the top down."""
    points = shown.layout.points
    return sorted(
        shown.things.values(), key=lambda thing: (COLUMNS.index(thing.kind), points[thing.id].x, points[thing.id].y)
    )


def _thing(shown: BenefitMap, thing: Thing, largest: Any) -> dict[str, Any]:
    kind, key = split_id(thing.id)
    point, status = shown.layout.points[thing.id], shown.status_of(thing.id)
    value = shown.values.get(key) if thing.kind == "benefit" else None
    return {
        "id": thing.id,
        "kind": thing.kind,
        "name": thing.name,
        "x": point.x,
        "y": point.y,
        "url": reverse("maps:thing", args=[shown.portfolio.slug, thing.id]),
        "state": "" if status is None else status.label,
        "tone": "accent" if status is None else status.tone,
        "icon": "strategy" if status is None else status.symbol,
        "note": note_of(shown, thing),
        "weight": float(abs(value) / largest) if value and largest else 0,
        "canCut": kind == NODE,
        "words": words_of(shown, thing),
    }


def _link(shown: BenefitMap, one: Connection) -> dict[str, Any]:
    key = int(one.id.partition("-")[2])
    is_stored = one.id.startswith("link-")
    address = reverse("maps:link", args=[shown.portfolio.slug, key]) if is_stored else ""
    names = {"source": shown.things[one.source].name, "target": shown.things[one.target].name}
    return {
        "id": one.id,
        "source": one.source,
        "target": one.target,
        "strength": one.strength,
        "label": "" if one.strength is None else share_words(one.strength),
        "url": address or reverse("maps:thing", args=[shown.portfolio.slug, one.source]),
        "words": _("“%(source)s” leads to “%(target)s”") % names,
    }


def note_of(shown: BenefitMap, thing: Thing) -> str:
    """Return the figure that stands on a thing: what a benefit is worth, or how much of an outcome is claimed."""
    _kind, key = split_id(thing.id)
    if thing.kind == "benefit" and key in shown.values:
        return formats.money_short(shown.values[key], shown.portfolio.currency, formats.current_locale())
    if thing.kind == "outcome" and (shown.nodes[key].pool is not None or shown.claimed(key)):
        return _("%(share)s claimed") % {"share": share_words(shown.claimed(key))}
    return ""


def words_of(shown: BenefitMap, thing: Thing) -> str:
    """Return a thing in one sentence, for those who hear the map."""
    status = shown.status_of(thing.id)
    parts = [f"{label_of(ALL_KINDS, thing.kind)}: {thing.name}"]
    if status is not None:
        parts.append(status.label)
    note = note_of(shown, thing)
    if note:
        parts.append(note)
    targets, sources = len(shown.leads_to(thing.id)), len(shown.hangs_on(thing.id))
    parts.append(ngettext("leads to %(count)d", "leads to %(count)d", targets) % {"count": targets})
    parts.append(ngettext("hangs on %(count)d", "hangs on %(count)d", sources) % {"count": sources})
    return ", ".join(parts)


def what_if_of(shown: BenefitMap, answer: WhatIf) -> dict[str, Any]:
    """Return a what-if as the script takes it: which things on the map are hit and how much of each is lost."""
    drawn = {id: share for id, share in answer.losses.items() if id in shown.things}
    served = downstream([one.edge for one in shown.connections], [f"benefit-{hit.benefit.pk}" for hit in answer.hits])
    return {
        "losses": {id: round(share, 6) for id, share in drawn.items()},
        "labels": {id: _loss_words(shown, answer, id) for id in drawn},
        "touched": sorted(id for id in served if id.startswith("objective-")),
        "words": sentence_of(shown.portfolio, answer),
    }


def _loss_words(shown: BenefitMap, answer: WhatIf, id: str) -> str:
    if shown.things[id] in answer.cut:
        return _("Cut")
    share = answer.losses[id]
    return _("loses %(share)s") % {"share": share_words(round(share, 2) if share >= 0.01 else share)}


def sentence_of(portfolio: Portfolio, answer: WhatIf) -> str:
    """Return a what-if in a sentence."""
    if not answer.cut:
        return _("Nothing is cut. Choose an enabler or a change to see what hangs on it.")
    count = len(answer.hits)
    if not count:
        return _("No benefit of this portfolio hangs on what is cut.")
    money = formats.money_short(answer.total, portfolio.currency, formats.current_locale())
    return ngettext(
        "%(count)d benefit hangs on what is cut; %(money)s of forecast value is at stake.",
        "%(count)d benefits hang on what is cut; %(money)s of forecast value is at stake.",
        count,
    ) % {"count": count, "money": money}
