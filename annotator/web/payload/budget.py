"""How much work one payload may cost. What lies beyond is shown plainer, never left out."""

from dataclasses import dataclass

MARKDOWN_CHARACTERS = 30_000  # the slowest text known takes 10 µs a character
LOOKED_AT = 300_000  # characters searched for signs of Markdown or JSON
MARKS = 1_000
BLOCKS = 300
DEPTH = 6
OPENING = 12_000  # characters of a long text that are shown unasked


@dataclass
class Budget:
    """What is left for one payload."""

    opening: int = OPENING
    markdown: int = MARKDOWN_CHARACTERS
    looks: int = LOOKED_AT
    marks: int = MARKS
    blocks: int = BLOCKS

    def look(self, text: str) -> bool:
        """Whether to find out what this text is; counts it."""
        self.looks -= len(text)
        return len(text) <= self.markdown and self.looks >= 0

    def mark(self) -> bool:
        self.marks -= 1
        return self.marks >= 0

    def block(self) -> bool:
        self.blocks -= 1
        return self.blocks >= 0
