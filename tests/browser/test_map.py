"""A small map is built by mouse and by keyboard, asked what-if, and exported."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from playwright.sync_api import Locator, Page, expect
from tests.browser.accessibility import violations
from tests.browser.conftest import PHONE, SignIn

MAP = "/p/norvale/map/"
EMPTY = "/p/meadow/map/"
PNG = b"\x89PNG\r\n\x1a\n"


def thing(page: Page, name: str) -> Locator:
    """A thing of the drawing by its name."""
    return page.locator("g.map-thing", has=page.locator("title", has_text=re.compile(f"^{re.escape(name)}$")))


def add_in_panel(page: Page, name: str, kind: str) -> None:
    """Fill in the form of a new thing in the sheet beside the map."""
    form = page.locator("[data-map-panel] form").first
    form.get_by_label("Kind").select_option(label=kind)
    form.get_by_label("Name").fill(name)
    form.get_by_role("button", name="Add").click()
    expect(thing(page, name)).to_have_count(1)


def links(page: Page) -> int:
    """How many links are drawn."""
    return page.locator("g.map-link").count()


def middle(box: Locator, across: float = 0.5) -> tuple[float, float]:
    """A place on a thing."""
    bounds = box.locator(".map-box").bounding_box()
    assert bounds
    return bounds["x"] + across * bounds["width"], bounds["y"] + bounds["height"] / 2


def test_a_small_map_is_built_by_mouse(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.goto(EMPTY)
    page.get_by_role("link", name="Add the first thing").click()
    page.get_by_label("Name").fill("Shared scanner")
    page.get_by_role("button", name="Add").click()
    page.goto(EMPTY)
    page.get_by_role("link", name="Add", exact=True).click()
    add_in_panel(page, "Post is opened once", "Change")
    page.get_by_role("button", name="Close", exact=True).first.click()

    scanner, change = thing(page, "Shared scanner"), thing(page, "Post is opened once")
    page.mouse.move(*middle(scanner, 1))
    page.mouse.down()
    page.mouse.move(*middle(change), steps=6)
    page.mouse.up()
    expect(page.locator("g.map-link")).to_have_count(1)
    expect(page.get_by_text("“Shared scanner” now leads to “Post is opened once”.")).to_be_visible()

    before = scanner.get_attribute("transform")
    page.mouse.move(*middle(scanner))
    page.mouse.down()
    across, down = middle(scanner)
    with page.expect_response(lambda answer: "/map/places/" in answer.url):
        page.mouse.move(across, down + 120, steps=6)
        page.mouse.up()
    moved = scanner.get_attribute("transform")
    assert moved != before
    page.reload()
    expect(thing(page, "Shared scanner")).to_have_attribute("transform", str(moved))

    page.locator(".map-link .map-link-room").click(force=True)
    panel = page.locator("[data-map-panel]")
    panel.get_by_label("Share of the target that hangs on it").fill("40")
    panel.get_by_role("button", name="Save").click()
    expect(page.locator(".map-strength")).to_have_text("40%")
    panel.get_by_role("button", name="Remove the link").click()
    expect(page.locator("g.map-link")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("g.map-link")).to_have_count(1)


def test_a_small_map_is_built_by_keyboard(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.goto(MAP)
    first = page.locator("g.map-thing").first
    first.focus()
    count, before = page.locator("g.map-thing").count(), links(page)

    page.keyboard.press("n")
    name = page.get_by_label("Name")
    expect(name).to_be_focused()
    page.keyboard.type("Keyboard enabler")
    page.keyboard.press("Enter")
    added = thing(page, "Keyboard enabler")
    expect(added).to_have_count(1)
    expect(page.locator("[data-map-panel-title]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(added).to_be_focused()

    page.keyboard.press("c")
    expect(page.locator("[data-map-hint]")).to_contain_text("Connecting from “Keyboard enabler”")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("g.map-link")).to_have_count(before + 1)
    expect(added).to_be_focused()

    page.keyboard.press("Delete")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Remove “Keyboard enabler”?")
    dialog.get_by_role("button", name="Remove").press("Enter")
    expect(page.locator("g.map-thing")).to_have_count(count)
    assert links(page) == before

    page.locator("g.map-thing[tabindex='0']").focus()
    page.keyboard.press("u")
    expect(page.locator("g.map-thing")).to_have_count(count + 1)
    assert links(page) == before + 1
    page.keyboard.press("u")
    expect(page.locator("g.map-link")).to_have_count(before)
    page.keyboard.press("u")
    expect(page.locator("g.map-thing")).to_have_count(count)


def test_what_cannot_lead_there_is_refused_in_words(signed_in: SignIn, complaints: list[str]) -> None:
    page = signed_in("office")
    page.goto(MAP)
    before = links(page)
    source = page.locator("g.map-thing").first
    source.focus()
    page.keyboard.press("c")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toasts]")).to_contain_text("only a benefit serves an objective")
    assert links(page) == before
    # The browser itself reports the refusal, and nothing else.
    assert [complaint for complaint in complaints if "status of 409" not in complaint] == []
    complaints.clear()


def test_what_if_shows_what_hangs_on_an_enabler(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.goto(MAP)
    page.get_by_role("button", name="What if", exact=True).click()
    thing(page, "Identity and consent platform").focus()
    page.keyboard.press("x")
    panel = page.locator("[data-map-panel]")
    expect(panel.get_by_text("of forecast value is at stake")).to_be_visible()
    expect(panel.get_by_role("table")).to_contain_text("Sign-in calls avoided")
    expect(page.locator("g.map-cut")).to_have_count(1)
    assert page.locator("g.map-thing.map-hit").count() > 5
    assert violations(page) == []
    page.get_by_role("button", name="What if", exact=True).click()
    expect(page.locator(".map-hit")).to_have_count(0)


def test_two_things_that_are_nudged_one_after_the_other_both_stay(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.goto(MAP)
    boxes = [page.locator("g.map-thing[data-id^=node-]").nth(place) for place in (0, 1)]
    before = [box.get_attribute("transform") for box in boxes]
    with page.expect_response(lambda answer: "/map/places/" in answer.url):
        for box in boxes:
            box.focus()
            page.keyboard.press("Alt+ArrowDown")
    names = [str(box.get_attribute("data-id")) for box in boxes]
    after = [page.locator(f"[data-id={name}]").get_attribute("transform") for name in names]
    assert [one for one, other in zip(before, after, strict=True) if one == other] == []
    page.reload()
    for name, transform in zip(names, after, strict=True):
        expect(page.locator(f"g.map-thing[data-id={name}]")).to_have_attribute("transform", str(transform))
    page.get_by_role("button", name="Lay out", exact=True).click()
    expect(page.locator(f"g.map-thing[data-id={names[0]}]")).to_have_attribute("transform", str(before[0]))


def test_what_was_just_added_to_the_map_of_a_part_can_be_cut(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.goto(f"{MAP}?thing=benefit-1")
    page.get_by_role("link", name="Add", exact=True).click()
    add_in_panel(page, "Spare scanner", "Enabler")
    page.get_by_role("button", name="Close", exact=True).first.click()
    page.get_by_role("button", name="What if", exact=True).click()
    thing(page, "Spare scanner").focus()
    page.keyboard.press("x")
    expect(page.locator("[data-map-panel]").get_by_text("No benefit of this portfolio hangs on")).to_be_visible()
    expect(page.locator("g.map-cut")).to_have_count(1)
    page.get_by_role("button", name="What if", exact=True).click()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(thing(page, "Spare scanner")).to_have_count(0)


def test_it_is_exported_as_drawing_and_picture(signed_in: SignIn, tmp_path: Path) -> None:
    page = signed_in("office")
    page.goto(MAP)
    expect(page.locator("g.map-thing").first).to_be_visible()
    for words, name in (("Drawing (SVG)", "map.svg"), ("Picture (PNG)", "map.png")):
        page.locator("summary", has_text="Download").click()
        with page.expect_download() as waiting:
            page.get_by_role("button", name=words).click()
        waiting.value.save_as(tmp_path / name)
        page.keyboard.press("Escape")
    drawing = ElementTree.parse(tmp_path / "map.svg").getroot()
    texts = "".join(drawing.itertext())
    assert "Identity and consent platform" in texts
    assert not [part for part in drawing.iter() if "class" in part.attrib or "style" in part.attrib]
    assert (tmp_path / "map.png").read_bytes().startswith(PNG)


def test_it_opens_a_sheet_on_a_phone(signed_in: SignIn) -> None:
    page = signed_in("office", viewport=PHONE, color_scheme="dark")
    page.goto(MAP)
    page.locator("g.map-thing").first.click()
    panel = page.locator("[data-map-panel]")
    expect(panel.get_by_role("heading", name="Links")).to_be_visible()
    assert violations(page) == []
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()


def test_its_columns_run_from_right_to_left_where_the_language_does(signed_in: SignIn) -> None:
    page = signed_in("office")
    page.route(f"**{MAP}", lambda route: _mirrored(route))
    page.goto(MAP)
    first, last = page.locator(".map-heading").first, page.locator(".map-heading").last
    assert float(first.get_attribute("x") or 0) > float(last.get_attribute("x") or 0)
    page.locator("g.map-thing").first.focus()
    name = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") != name


def _mirrored(route: object) -> None:
    answer = route.fetch()  # type: ignore[attr-defined]
    body = answer.text().replace('dir="ltr"', 'dir="rtl"')
    route.fulfill(response=answer, body=body)  # type: ignore[attr-defined]
