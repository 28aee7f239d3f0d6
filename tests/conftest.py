"""Fixtures that several test files share."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS, MISSING, chromium

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory, request):
    """The site, built from what is there now, warnings as errors; by the first worker that asks."""
    shared = tmp_path_factory.getbasetemp()
    if hasattr(request.config, "workerinput"):
        shared = shared.parent
    done = shared / "site-built"
    try:
        (shared / "site-begun").touch(exist_ok=False)
    except FileExistsError:
        end = time.monotonic() + 300
        while not done.exists() and time.monotonic() < end:
            time.sleep(0.2)
    else:
        command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "-n", "-q"]
        build = subprocess.run(
            [*command, "--keep-going"], cwd=ROOT, capture_output=True, text=True, timeout=300
        )
        part = shared / "site-part"
        part.write_text(build.stderr if build.returncode else "", encoding="utf-8")
        part.rename(done)
    fault = done.read_text("utf-8")
    assert not fault, f"the book does not build:\n{fault}"
    return ROOT / "_build" / "html"


@pytest.fixture(scope="session")
def browser():
    """One headless Chromium for the whole run. Without one the tests fail: none is skipped."""
    path = chromium()
    if path is None:
        pytest.fail(MISSING, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def pytest_terminal_summary(terminalreporter):
    """Print how many mutants there were: each test of tests/test_mutants.py brings its count."""
    reports = [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]
    counts = [n for r in reports for name, n in r.user_properties if name == "mutants"]
    if counts:
        total, alive = map(sum, zip(*counts, strict=True))
        terminalreporter.write_line(
            f"{total} mutants of {len(counts)} sources: {total - alive} killed, {alive} equivalent"
        )
