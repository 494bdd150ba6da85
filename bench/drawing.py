"""Small charts as SVG, readable on light and on dark ground. Numbers in, text out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

Numbers = Sequence[float]
WIDTH, HEIGHT = 360, 300
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 34, 42  # of a panel, around what is drawn
STYLE = """
  .paper { fill: #ffffff } .ink { fill: #1d1f24 } .soft { fill: #565a63 } .line { stroke: #dfdbd4 }
  .a { stroke: #2a4a9b; fill: #2a4a9b } .b { stroke: #a65300; fill: #a65300 } .ideal { stroke: #8b8579 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #14161a } .ink { fill: #e9eaee } .soft { fill: #a9afbb } .line { stroke: #343943 }
    .a { stroke: #9db8ff; fill: #9db8ff } .b { stroke: #f0c264; fill: #f0c264 } .ideal { stroke: #79818f }
  }
  text { font: 12px system-ui, sans-serif } .title { font-weight: 600; font-size: 13px }
  path, path.a, path.b { fill: none; stroke-width: 2 }
  text.a, text.b { stroke: none } .dashed { stroke-dasharray: 5 4 } path.thin { stroke-width: 1 }
  .band { stroke: none; opacity: .18 } .bar { stroke: none; opacity: .45 }"""


@dataclass
class Panel:
    """One pair of axes. `across` and `up` are (lowest, highest, step between ticks)."""

    title: str
    across: tuple[float, float, float]
    up: tuple[float, float, float]
    labels: tuple[str, str]
    as_tick: Callable[[float], str] = "{:g}".format
    marks: list[str] = field(default_factory=list)

    def x(self, value: float) -> float:
        low, high, _step = self.across
        return round(LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT), 1)

    def y(self, value: float) -> float:
        low, high, _step = self.up
        return round(HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    def line(self, xs: Numbers, ys: Numbers, kind: str) -> None:
        points = " L".join(f"{self.x(x)} {self.y(y)}" for x, y in zip(xs, ys, strict=True))
        self.marks.append(f'<path class="{kind}" d="M{points}"/>')

    def band(self, xs: Numbers, low: Numbers, high: Numbers, kind: str) -> None:
        edge = [*zip(xs, high, strict=True), *reversed(list(zip(xs, low, strict=True)))]
        points = " ".join(f"{self.x(x)},{self.y(y)}" for x, y in edge)
        self.marks.append(f'<polygon class="{kind} band" points="{points}"/>')

    def bar(self, left: float, right: float, height: float, kind: str) -> None:
        x, y = self.x(left), self.y(height)
        size = f'width="{self.x(right) - x - 1:.1f}" height="{self.y(self.up[0]) - y:.1f}"'
        self.marks.append(f'<rect class="{kind} bar" x="{x}" y="{y}" {size}/>')

    def dot(self, x: float, y: float, kind: str) -> None:
        self.marks.append(f'<circle class="{kind}" cx="{self.x(x)}" cy="{self.y(y)}" r="3"/>')

    def note(self, x: float, y: float, text: str, kind: str) -> None:
        self.marks.append(f'<text class="{kind}" x="{self.x(x)}" y="{self.y(y)}">{escape(text)}</text>')

    def drawn(self) -> str:
        return "\n".join(
            [
                f'<text class="ink title" x="{LEFT}" y="18">{escape(self.title)}</text>',
                *self._axes(),
                *self.marks,
            ]
        )

    def _axes(self) -> list[str]:
        made = []
        for value in _ticks(self.up):
            y = self.y(value)
            made.append(f'<path class="line thin" d="M{LEFT} {y} H{WIDTH - RIGHT}"/>')
            made.append(
                f'<text class="soft" text-anchor="end" x="{LEFT - 6}" y="{y + 4}">{self.as_tick(value)}</text>'
            )
        for value in _ticks(self.across):
            place = f'text-anchor="middle" x="{self.x(value)}" y="{HEIGHT - BOTTOM + 16}"'
            made.append(f'<text class="soft" {place}>{value:g}</text>')
        below = f'text-anchor="middle" x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 8}"'
        made.append(f'<text class="soft" {below}>{escape(self.labels[0])}</text>')
        made.append(f'<text class="soft" x="{LEFT}" y="{TOP - 4}">{escape(self.labels[1])}</text>')
        return made


def picture(panels: Sequence[Panel], what: str) -> str:
    """Panels side by side. `what` is said to those who cannot see it."""
    width = WIDTH * len(panels) + RIGHT
    drawn = [f'<g transform="translate({WIDTH * n} 0)">\n{one.drawn()}\n</g>' for n, one in enumerate(panels)]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}"'
    return "\n".join(
        [
            f'{head} role="img" aria-label="{escape(what)}">',
            f"<style>{STYLE}\n</style>",
            f'<rect class="paper" width="{width}" height="{HEIGHT}"/>',
            *drawn,
            "</svg>\n",
        ]
    )


def _ticks(axis: tuple[float, float, float]) -> list[float]:
    low, high, step = axis
    return [low + step * n for n in range(round((high - low) / step) + 1)]
