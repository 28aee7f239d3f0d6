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
