"""The way through the value loop, as people walk it: from a workbook to a decision and its report."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import Download, Page, expect
from tests.browser.accessibility import violations
from tests.browser.conftest import SignIn
from tests.browser.organisation import JOURNEY
from tests.browser.server import environment

LONG, QUICK = 20_000, 500
LONG_PATIENCE_MS = 60_000
HOME = f"/p/{JOURNEY}/"


def test_it_leads_from_a_workbook_to_a_decision_and_its_report(signed_in: SignIn, folder: Path) -> None:
    office = signed_in("office", accept_downloads=True)
    import_the_workbook(office, folder / "harbour.xlsx")
    import_it_again(office, folder / "harbour.xlsx")
    find_in_the_register(office)
    cancel_a_forecast(office)
    watch_a_forecast(office)
    choose(office)
    decision = propose(office)
    refuse_others(signed_in("manager"), decision)
    approve(signed_in("director"), decision)
    verify(office, decision, folder)
    read_the_trail(office, decision)
    take_the_report(office)


def import_the_workbook(page: Page, workbook: Path) -> None:
    page.goto("/import/")
    page.get_by_label("File", exact=True).set_input_files(workbook)
    page.get_by_label("Into").select_option(label="Harbour office")
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", name="harbour.xlsx")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^Initiative "))
    expect(row.first).to_contain_text("24")
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("All of it is imported, or nothing.")
    dialog.get_by_role("button", name="Import").click()
    expect(page.get_by_text("Everything below is in the portfolio since")).to_be_visible()


def import_it_again(page: Page, workbook: Path) -> None:
    page.goto("/import/")
    page.get_by_label("File", exact=True).set_input_files(workbook)
    page.get_by_label("Into").select_option(label="Harbour office")
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_text("The portfolio already holds everything that this file says.")).to_be_visible()


def find_in_the_register(page: Page) -> None:
    page.goto(f"{HOME}initiatives/")
    rows = page.locator("#list tbody tr")
    expect(rows).to_have_count(24)
    page.get_by_role("searchbox").fill("platform")
    expect(rows).not_to_have_count(24)
    for row in rows.all():
        expect(row).to_contain_text(re.compile("platform", re.IGNORECASE))
    page.get_by_role("searchbox").fill("")
    expect(rows).to_have_count(24)
    page.get_by_role("link", name="Whole-life cost").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("Whole-life cost")
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("State").select_option(["proposal"])
    expect(page.get_by_role("list", name="Filters in force")).to_contain_text("Proposal")
    expect(rows).not_to_have_count(24)
    # The file holds the rows that are seen, below one line of headings.
    lines = downloaded(page, "CSV").decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Code")
    assert len(lines) == rows.count() + 1
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(downloaded(page, "Excel workbook (XLSX)"))).namelist()


def downloaded(page: Page, words: str) -> bytes:
    page.get_by_text("Download", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name=words, exact=True).click()
    return content_of(download.value)


def content_of(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def start_forecast(page: Page, trials: int) -> None:
    page.goto(f"{HOME}runs/new/forecast/")
    page.get_by_label("Simulated futures").fill(str(trials))
    page.get_by_role("button", name="Start the forecast").click()
    page.wait_for_url(re.compile(r"/runs/\d+/$"))


def cancel_a_forecast(page: Page) -> None:
    start_forecast(page, 5 * LONG)
    expect(page.get_by_role("progressbar")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped", exact=True).first).to_be_visible(timeout=LONG_PATIENCE_MS)
    expect(page.get_by_role("progressbar")).to_have_count(0)


def watch_a_forecast(page: Page) -> None:
    with page.expect_request(re.compile(r"/jobs/\d+/events$")) as stream:
        start_forecast(page, LONG)
    assert stream.value.resource_type == "eventsource"
    # The bar moves on a page that is not loaded again.
    page.evaluate("window.sameDocument = true")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", re.compile("[1-9]"), timeout=LONG_PATIENCE_MS)
    assert page.evaluate("window.sameDocument")
    title = page.get_by_role("heading", name="Where does the value go from here?")
    expect(title).to_be_visible(timeout=LONG_PATIENCE_MS)
    expect(page.locator(".chart-surface svg").first).to_be_visible()


def choose(page: Page) -> None:
    page.goto(f"{HOME}runs/new/choose/")
    page.get_by_label("The amounts by financial year below").check()
    page.get_by_label("2024/25").fill("9000000")
    page.get_by_label("2025/26").fill("12000000")
    must, may_not = page.get_by_label("Must be in"), page.get_by_label("May not be in")
    first, second = must.locator("option").all_inner_texts()[:2]
    must.select_option(label=first)
    may_not.select_option(label=second)
    page.get_by_label("Simulated futures").fill(str(QUICK))
    page.get_by_role("button", name="Start the choice").click()
    title = page.get_by_role("heading", name="What is in, what is not, and why?")
    expect(title).to_be_visible(timeout=LONG_PATIENCE_MS)
    table = page.locator("#list tbody")
    expect(table.get_by_role("row").filter(has_text=name_of(first))).to_contain_text("mandatory")
    expect(table.get_by_role("row").filter(has_text=name_of(second))).to_contain_text("Not chosen")


def name_of(option: str) -> str:
    """The name in "Name (CODE)"."""
    return option.rsplit(" (", 1)[0]


def propose(page: Page) -> str:
    page.get_by_role("link", name="Propose this choice as a decision").click()
    page.get_by_label("Title").fill("Fund the harbour")
    page.get_by_label("Reasons").fill("The best value for the money of two years.")
    page.get_by_role("button", name="Propose").click()
    expect(page.get_by_role("heading", name="Fund the harbour", exact=True)).to_be_visible()
    expect(page.get_by_text("You proposed it, so that somebody else decides.")).to_be_visible()
    return page.url


def refuse_others(page: Page, decision: str) -> None:
    page.goto(decision)
    expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    token = next(cookie["value"] for cookie in page.context.cookies() if "csrf" in cookie["name"])
    answer = page.request.post(
        f"{decision}approve/",
        form={"csrfmiddlewaretoken": token, "remark": ""},
        headers={"Referer": decision},
        max_redirects=0,
    )
    assert answer.status == 403
    assert "You do not have the right" in answer.text()
    page.goto(decision)
    expect(page.locator(".page-subtitle")).to_contain_text("Proposed")


def approve(page: Page, decision: str) -> None:
    page.goto(decision)
    expect(page.get_by_text("This waits for you")).to_be_visible()
    page.get_by_role("button", name="Approve").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Remark").fill("Go ahead.")
    dialog.get_by_role("button", name="Approve").click()
    expect(page.locator(".page-subtitle")).to_contain_text("Approved")
    expect(page.get_by_text("Go ahead.").first).to_be_visible()


def verify(page: Page, decision: str, folder: Path) -> None:
    page.goto(decision)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the evidence (JSON)").click()
    evidence = folder / "evidence.json"
    evidence.write_bytes(content_of(download.value))
    command = [
        sys.executable,
        "-c",
        "from openvmo.cli.main import main; raise SystemExit(main())",
        "verify",
        str(evidence),
    ]
    subprocess.run(command, env=environment(folder), check=True, capture_output=True)
    page.get_by_role("button", name="Compute again and compare").click()
    expect(page.get_by_text("Computed again: every digit agrees")).to_be_visible()


def read_the_trail(page: Page, decision: str) -> None:
    page.goto(decision)
    timeline = page.locator(".timeline")
    expect(timeline).to_contain_text("Decision proposed")
    expect(timeline).to_contain_text("Decision approved")


def take_the_report(page: Page) -> None:
    page.goto(f"{HOME}reports/")
    with page.expect_download() as pdf:
        page.get_by_role("link", name="Download PDF").click()
    assert content_of(pdf.value).startswith(b"%PDF-")
    with page.expect_download() as workbook:
        page.get_by_role("link", name="Download workbook (XLSX)").click()
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(content_of(workbook.value))).namelist()
