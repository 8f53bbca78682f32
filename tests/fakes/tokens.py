"""A source of access tokens that hands out what it was given."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tokens:
    """Hands out the first token, and the next one each time that one is refused; or raises."""

    tokens: list[str]
    error: Exception | None = None
    refused: list[str] = field(default_factory=list)

    async def __call__(self, refused: str = "") -> str:
        if self.error is not None:
            raise self.error
        if refused:
            self.refused.append(refused)
        return self.tokens[min(len(self.refused), len(self.tokens) - 1)]
