"""Code of the package, shown on a page as it is imported there."""

import inspect

from IPython.display import Markdown


def source(*functions) -> Markdown:
    """The source of functions and classes of the package, as Python that the page highlights."""
    return Markdown("\n\n".join(f"```python\n{inspect.getsource(f)}```" for f in functions))
