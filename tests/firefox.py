"""A headless Firefox for the tests of pages, driven over WebDriver BiDi, which it speaks itself."""

import json
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from websocket import create_connection

MISSING = "No Firefox found: install it (`apt-get install firefox-esr`) and put it on the PATH."


def firefox() -> str | None:
    """The path of the Firefox that the tests drive, if there is one."""
    return next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)


class Tab:
    """One tab: `goto` an address, `evaluate` an expression (a promise is waited for)."""

    def __init__(self, socket):
        self.socket, self.numbers = socket, count(1)
        self.call("session.new", capabilities={})
        self.context = self.call("browsingContext.getTree")["contexts"][0]["context"]

    def call(self, method: str, **params):
        """What Firefox answers to a command.  RuntimeError with its words if it refuses."""
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != number:
            pass
        if answer["type"] == "error":
            raise RuntimeError(answer["message"])
        return answer["result"]

    def goto(self, url: str):
        self.call("browsingContext.navigate", context=self.context, url=url, wait="complete")

    def evaluate(self, expression: str) -> str:
        """The value of an expression that is a text.  RuntimeError if it throws."""
        done = self.call(
            "script.evaluate",
            expression=expression,
            target={"context": self.context},
            awaitPromise=True,
        )
        if done["type"] == "exception":
            raise RuntimeError(done["exceptionDetails"]["text"])
        return done["result"].get("value")


@contextmanager
def open_tab():
    """A tab of a Firefox of its own, with a fresh profile and no way to another host."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [firefox(), "--headless", "--no-remote", "--profile", profile]
        command += ["--remote-debugging-port", "0"]
        with open(f"{profile}/user.js", "w") as settings:
            settings.write('user_pref("network.proxy.type", 1);\n')
            for kind in ("http", "ssl"):
                settings.write(f'user_pref("network.proxy.{kind}", "127.0.0.1");\n')
                settings.write(f'user_pref("network.proxy.{kind}_port", 9);\n')
        said = Path(profile, "said")
        with said.open("w") as out:
            process = subprocess.Popen(command, stderr=out, stdout=out)
        try:
            end = time.monotonic() + 60
            while not (found := re.search(r"(ws://\S+)\n", said.read_text("utf-8"))):
                if time.monotonic() > end or process.poll() is not None:
                    raise RuntimeError(f"Firefox does not answer: {said.read_text('utf-8')}")
                time.sleep(0.1)
            address = found[1]
            socket = create_connection(f"{address}/session", timeout=60, suppress_origin=True)
            yield Tab(socket)
            socket.close()
        finally:
            process.terminate()
            process.wait(30)
