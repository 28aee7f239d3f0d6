"""What `make book` runs: jupyter-book, a second sooner.

jupyter-book imports jsonschema, which on import compiles a grammar of web addresses, for a check
that nobody asks for. As if that grammar were not installed, it does without.
"""

import sys

sys.modules["rfc3987_syntax"] = None

from jupyter_book.cli.main import main  # noqa: E402, after the line above

main()
