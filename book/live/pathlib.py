"""`Path`, to ask where a file lies and what it says."""

import os


class Path:
    def __init__(self, *parts):
        text = "/".join([str(part) for part in parts])
        while "//" in text:
            text = text.replace("//", "/")
        self.text = text if len(text) < 2 else text.rstrip("/")
        self.name = self.text.rsplit("/", 1)[-1]
        self.stem = self.name.rsplit(".", 1)[0]

    def __str__(self):
        return self.text

    def __repr__(self):
        return f"PosixPath({self.text!r})"

    def __eq__(self, other):
        return isinstance(other, Path) and self.text == other.text

    def __hash__(self):
        return hash(self.text)

    def __truediv__(self, other):
        return Path(self.text, other)

    @property
    def parent(self):
        if "/" not in self.text:
            return Path(".")
        return Path(self.text.rsplit("/", 1)[0] or "/")

    @property
    def parents(self):
        found, one = [], self
        while one.parent != one and one.text != ".":
            one = one.parent
            found.append(one)
        return found + [Path("/")] * 2  # so that a place near the root can be asked for its parents

    def resolve(self):
        return self

    def with_name(self, name):
        return self.parent / name

    def exists(self):
        try:
            os.stat(self.text)
        except OSError:
            return False
        return True

    def is_dir(self):
        return self.exists() and bool(os.stat(self.text)[0] & 0x4000)

    is_file = exists

    def read_text(self, encoding="utf-8"):
        with open(self.text) as file:
            return file.read()
