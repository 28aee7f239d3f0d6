"""What the tests of pages share: where Chromium is, a page that must behave, a small server.

Run as a script, it ends in one sentence where there is no Chromium.
"""

import shutil
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
MISSING = (
    "No Chromium found: install it (`apt-get install chromium`, `brew install --cask chromium`, "
    "or any Chrome) and put it on the PATH."
)


def chromium() -> str | None:
    """The path of the Chromium or Chrome that the tests drive, if there is one."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def visit(browser, url: str, **options):
    """The page at `url`, in a browser context of its own made with `options`, as `watch` does."""
    context = browser.new_context(**options)
    try:
        with watch(context.new_page(), url) as page:
            yield page
    finally:
        context.close()


@contextmanager
def watch(page, url: str):
    """Lead a tab to `url`: for tests that change no setting, since a new tab takes a second.

    Requests to any other host are blocked. At the end, any such request, any error in the
    console and any uncaught exception fails the test.
    """
    problems = []

    def gate(route):
        address = urlsplit(route.request.url)
        if address.scheme in ("http", "https") and address.netloc != urlsplit(url).netloc:
            problems.append(f"asked another host: {route.request.url}")
            route.abort()
        else:
            route.continue_()

    def console(message):
        if message.type == "error":
            problems.append(message.text)

    def thrown(error):
        problems.append(str(error))

    page.route("**/*", gate)
    page.on("console", console)
    page.on("pageerror", thrown)
    try:
        page.goto(url)
        yield page
    finally:
        page.remove_listener("console", console)
        page.remove_listener("pageerror", thrown)
        page.unroute("**/*", gate)
    assert not problems, f"{url}: {problems}"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@contextmanager
def serve(directory):
    """The address of a server on the loopback that serves `directory`."""
    handler = partial(_Quiet, directory=str(directory))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


if __name__ == "__main__":
    sys.exit(None if chromium() else MISSING)
