"""How a mail fails to be written: one value that the named place cannot hold."""


class ComposeError(ValueError):
    """A value cannot be written without harm to the mail.

    Attributes:
        header: where it was to go: the name of a header, or `text` or `html` for the body.
    """

    def __init__(self, header: str, why: str) -> None:
        super().__init__(f"{header}: {why}")
        self.header = header
