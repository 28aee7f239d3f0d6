"""Fixtures that several test files share."""

import pytest
from playwright.sync_api import sync_playwright

from tests.browser import ARGUMENTS, MISSING, chromium


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
