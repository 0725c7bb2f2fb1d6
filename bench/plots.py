"""Curves over time, or over what grows, as one picture: hand-written SVG, a panel a figure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Final

_WIDTH: Final = 900
_HEIGHT: Final = 150
_LEFT: Final = 70
_RIGHT: Final = 130
_SLOTS: Final = 400
"""Of a curve no more than the least and the most of each such part of the time is drawn."""
_INK: Final = ("#1b6ca8", "#c05621", "#2f855a", "#6b46c1", "#b7282e", "#4a5568")


Point = tuple[float, float]
"""Minutes or a place, and a value."""


@dataclass
class Panel:
    """One figure: a curve for each name, of (minutes, value) or (place, value)."""

    title: str
    curves: Mapping[str, Sequence[Point]]
    marks: Sequence[float] = field(default_factory=list)
    """Minutes at which something happened."""


def picture(panels: Sequence[Panel], places: Sequence[str] = ()) -> str:
    """The whole SVG. `places`: what stands below 0, 1, 2 … where the curves are not over minutes;
    each value is a dot there."""
    minutes = max((at for one in panels for it in one.curves.values() for at, _ in it), default=1.0)
    minutes = minutes or 1.0
    height = _HEIGHT * len(panels) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        ' font-family="sans-serif" font-size="11">',
        f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
    ]
    for number, panel in enumerate(panels):
        parts += _drawn(panel, number * _HEIGHT, minutes, has_dots=bool(places))
    parts += _below(height - 6, minutes, places)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _below(y: float, minutes: float, places: Sequence[str]) -> list[str]:
    if not places:
        return [f'<text x="{_LEFT}" y="{y}">0 to {minutes:.0f} minutes</text>']
    step = (_WIDTH - _LEFT - _RIGHT) / minutes
    return [
        f'<text x="{_LEFT + at * step:.0f}" y="{y}" text-anchor="middle">{escape(one)}</text>'
        for at, one in enumerate(places)
    ]


def _drawn(panel: Panel, top: float, minutes: float, *, has_dots: bool) -> list[str]:
    most = max((value for one in panel.curves.values() for _, value in one), default=0.0) or 1.0
    low, high, width = top + _HEIGHT - 16, top + 26, _WIDTH - _LEFT - _RIGHT

    def x(at: float) -> float:
        return _LEFT + at / minutes * width

    def y(value: float) -> float:
        return low - value / most * (low - high)

    parts = [f'<text x="{_LEFT}" y="{top + 16}" font-weight="bold">{escape(panel.title)}</text>']
    for value in (0.0, most):
        parts.append(
            f'<text x="{_LEFT - 6}" y="{y(value) + 4:.0f}" text-anchor="end">{value:,.4g}</text>'
            f'<path d="M{_LEFT} {y(value):.1f}H{_LEFT + width}" stroke="#cbd5e0"/>'
        )
    for at in panel.marks:
        parts.append(f'<path d="M{x(at):.1f} {high}V{low}" stroke="#f1d5d5"/>')
    for number, (name, points) in enumerate(panel.curves.items()):
        ink = _INK[number % len(_INK)]
        shown = _thinned(points, minutes)
        line = " ".join(f"{x(at):.1f},{y(value):.1f}" for at, value in shown)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{ink}" stroke-width="1.2"/>')
        if has_dots:
            parts += [
                f'<circle cx="{x(at):.1f}" cy="{y(value):.1f}" r="2.5" fill="{ink}"/>'
                for at, value in points
            ]
        parts.append(
            f'<text x="{_WIDTH - _RIGHT + 8}" y="{high + 10 + 13 * number:.0f}" fill="{ink}">'
            f"{escape(name)}</text>"
        )
    return parts


def _thinned(points: Sequence[Point], minutes: float) -> list[Point]:
    """In the order of time; a peak is never left out."""
    slots: dict[int, tuple[Point, Point]] = {}
    for one in points:
        slot = int(one[0] / minutes * _SLOTS)
        least, most = slots.get(slot, (one, one))
        slots[slot] = min(least, one, key=_value), max(most, one, key=_value)
    return sorted({one for pair in slots.values() for one in pair})


def _value(point: Point) -> float:
    return point[1]
