"""A progress bar that is not shown: the page says itself that it runs."""


class tqdm:
    disable = True

    def __init__(self, values=None, **how):
        self.values = values

    def __iter__(self):
        return iter(self.values)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return False

    def update(self, n=1):
        pass
