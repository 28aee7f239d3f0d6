"""The flipbook where a kernel runs: a real JupyterLab, and Notebook 7, in Chromium."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 90  # seconds; a server, a page or a kernel may have to wait for a processor
TOKEN = "local-test"
CELL = """\
import ipywidgets
from unrolled.flipbook import flipbook

def draw(fig, t, k):
    fig.text(t / 6, k / 6, "dot")
    return f"The dot stands at t = {t} and k = {k}."

book = flipbook(draw, t=range(1, 6), k=range(1, 6), where=lambda t, k: k <= t)
number = ipywidgets.IntSlider(min=1, max=5)
ipywidgets.jslink((book, "t"), (number, "value"))
display(book, number)
"""
PATHS = {"lab": "lab/tree", "notebook": "notebooks"}


@pytest.fixture(scope="module", params=PATHS)
def page(request, browser, tmp_path_factory):
    """The notebook of CELL, run in a live server's page."""
    folder = tmp_path_factory.mktemp(request.param)
    cells = [nbformat.v4.new_code_cell(CELL)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=kernel)
    nbformat.write(notebook, folder / "live.ipynb")
    with live(browser, request.param, folder / "live.ipynb") as page:
        page.locator("figure.flipbook[data-flipbook=ready]").wait_for()
        yield page


@contextmanager
def live(browser, kind, notebook):
    """A page with the notebook run from top to bottom; no request may leave this machine."""
    foreign = []

    def gate(route):
        if route.request.url.startswith(url) or not route.request.url.startswith("http"):
            return route.continue_()
        foreign.append(route.request.url)
        return route.abort()

    with server(kind, notebook.parent) as url:
        context = browser.new_context(viewport={"width": 1200, "height": 1000})
        context.route("**/*", gate)
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(f"{url}/{PATHS[kind]}/{notebook.name}?token={TOKEN}")
        page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext")
        page.evaluate("jupyterapp.shell.currentWidget.sessionContext.ready")
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        yield page
        context.close()
    assert not foreign


@contextmanager
def server(kind, folder):
    """The address of a Jupyter server of its own, which ends with the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    home = {place: str(folder / place.lower()) for place in places}
    command = [sys.executable, "-m", "jupyter", kind, "--no-browser", "--allow-root"]
    command += [f"--ServerApp.port={port}", f"--IdentityProvider.token={TOKEN}"]
    command += ["--expose-app-in-browser", f"--ServerApp.root_dir={folder}"]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            command,
            env={**os.environ, **home, "PYTHONPATH": str(ROOT)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: answers(f"{url}/api?token={TOKEN}"), folder / "log.txt")
            yield url
        finally:
            process.terminate()
            process.wait(PATIENCE)


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def wait_until(condition, log=None):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, log.read_text() if log else "waited in vain"
        time.sleep(0.2)


def python(page, code):
    """What `code` prints in the kernel of the page's notebook."""
    return page.evaluate(
        """async (code) => {
            const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
            let text = "";
            const future = kernel.requestExecute({ code });
            future.onIOPub = ({ content }) => { text += content.text ?? content.evalue ?? ""; };
            await future.done;
            return text.trim();
        }""",
        code,
    )


def position(page):
    return json.loads(python(page, "print([book.t, book.k, number.value])"))


def says(page, t, k):
    caption = page.locator("figure.flipbook figcaption")
    expect(caption).to_have_text(f"The dot stands at t = {t} and k = {k}.")
    expect(page.locator("figure.flipbook > svg")).to_have_attribute(
        "aria-label", f"The dot stands at t = {t} and k = {k}."
    )


def test_slider_kernel_and_jslink_move_together(page):
    python(page, "book.t = 1; book.k = 1")
    says(page, 1, 1)

    page.locator("figure.flipbook input").first.focus()
    page.keyboard.press("End")
    says(page, 5, 1)
    wait_until(lambda: position(page) == [5, 1, 5])  # the kernel read it; the link carried it

    python(page, "book.k = 4")
    says(page, 5, 4)
    python(page, "book.t = 2")  # where k = 4 is refused
    says(page, 2, 2)
    wait_until(lambda: position(page) == [2, 2, 2])

    python(page, "number.value = 3")
    says(page, 3, 2)
    wait_until(lambda: position(page) == [3, 2, 3])


def test_a_wrong_position_is_an_error_in_the_cell(page):
    message = python(page, "book.t = 9")
    assert "t: got 9; needs one of 1, 2, 3, 4, 5" in message


def test_the_heard_position_is_the_settled_one(page):
    python(page, "book.t = 5; book.k = 5; heard = []")
    python(page, "book.observe(lambda change: heard.append([book.t, book.k]), ['t', 'k'])")
    says(page, 5, 5)
    page.locator("figure.flipbook input").first.focus()
    page.keyboard.press("Home")
    says(page, 1, 1)
    wait_until(lambda: position(page) == [1, 1, 1])
    assert json.loads(python(page, "print(heard[-1])")) == [1, 1]


def test_the_playground_redraws_as_a_slider_moves(browser, tmp_path):
    shutil.copy(ROOT / "notebooks" / "playground.ipynb", tmp_path)
    with live(browser, "lab", tmp_path / "playground.ipynb") as page:
        caption = page.locator(".widget-html figure figcaption")
        expect(caption).to_contain_text("T=8, H=5", timeout=1000 * PATIENCE)
        page.get_by_role("slider").first.focus()
        page.keyboard.press("ArrowRight")
        expect(caption).to_contain_text("T=9, H=5", timeout=1000 * PATIENCE)
        assert python(page, "print(panel.sliders['T'].value)") == "9"


def test_make_lab_opens_the_notebooks(tmp_path):
    """The target itself, with a configuration that opens no browser, at a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = {"open_browser": False, "port": port, "allow_root": True}
    settings = {"ServerApp": app, "IdentityProvider": {"token": TOKEN}}
    (tmp_path / "jupyter_server_config.json").write_text(json.dumps(settings))
    (tmp_path / "jupyter_lab_config.json").write_text(json.dumps({"LabApp": app}))
    places = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    environment = {**os.environ, **dict.fromkeys(places, str(tmp_path))}
    with (tmp_path / "log.txt").open("w") as log:
        process = subprocess.Popen(
            ["make", "lab"],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            contents = f"http://127.0.0.1:{port}/api/contents?token={TOKEN}"
            wait_until(lambda: answers(contents), tmp_path / "log.txt")
            with urllib.request.urlopen(contents, timeout=30) as response:
                names = {entry["name"] for entry in json.load(response)["content"]}
            assert {path.name for path in (ROOT / "notebooks").glob("*.ipynb")} <= names
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(PATIENCE)
