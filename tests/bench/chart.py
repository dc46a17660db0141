"""Bar charts as SVG: groups of bars on one logarithmic scale, readable on light and dark pages."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape


@dataclass
class Bar:
    """One client's cost; `kind` decides the colour, `ratio` is to the cheapest of ours."""

    name: str
    seconds: float
    kind: str
    ratio: float | None = None


@dataclass
class Group:
    """The bars of one work."""

    title: str
    bars: list[Bar]


WIDTH, NAMES, LABELS = 860, 210, 120
BAR, GAP, TITLE, TOP, BOTTOM = 18, 6, 30, 84, 34
LEGEND = [
    ("ours", "brevo-native"),
    ("official", "official SDKs"),
    ("peer", "other clients"),
    ("bare", "limits: bare hyper, bare sockets"),
]

SCALE = "logarithmic: each line is ten times the one before"

STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; fill: #24292f; }
.head { font-size: 17px; font-weight: 600; }
.title { font-weight: 600; }
.scale, .legend { font-size: 12px; fill: #57606a; }
.name { text-anchor: end; }
/* Texts stand clear of the lines of the scale. */
.title, .cost { paint-order: stroke; stroke: #ffffff; stroke-width: 5px; stroke-linejoin: round; }
.page { fill: #ffffff; stroke: #d0d7de; }
.line { stroke: #d8dee4; }
.ours { fill: #0b996e; } .official { fill: #c2410c; } .peer { fill: #8093a8; }
.bare { fill: #c9d1d9; stroke: #8c959f; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .scale, .legend { fill: #9198a1; }
  .title, .cost { stroke: #0d1117; }
  .page { fill: #0d1117; stroke: #30363d; }
  .line { stroke: #262c36; }
  .ours { fill: #2fbf8f; } .official { fill: #f0883e; } .peer { fill: #6e7f94; }
  .bare { fill: #30363d; stroke: #6e7681; }
}
""".strip()


def drawn(head: str, groups: list[Group]) -> str:
    """The chart as a text."""
    groups = [group for group in groups if group.bars]
    costs = [bar.seconds for group in groups for bar in group.bars]
    low, high = math.floor(math.log10(min(costs))), math.ceil(math.log10(max(costs)))
    # The shortest bar is one that can be seen.
    if math.log10(min(costs)) - low < 0.15:
        low -= 1
    left, right = NAMES, WIDTH - LABELS

    def x(cost: float) -> float:
        return left + (math.log10(cost) - low) / (high - low) * (right - left)

    height = TOP + sum(TITLE + len(group.bars) * (BAR + GAP) for group in groups) + BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
        f"<title>{escape(head)}</title>",
        f"<style>{STYLE}</style>",
        f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>',
        f'<text class="head" x="20" y="32">{escape(head)}</text>',
        f'<text class="scale" x="{WIDTH - 20}" y="32" text-anchor="end">{SCALE}</text>',
    ]
    kinds = {bar.kind for group in groups for bar in group.bars}
    at = 20
    for kind, name in LEGEND:
        if kind in kinds:
            parts.append(f'<rect class="{kind}" x="{at}" y="46" width="12" height="12" rx="2"/>')
            parts.append(f'<text class="legend" x="{at + 18}" y="56.5">{name}</text>')
            at += 40 + 7 * len(name)
    bottom = height - BOTTOM
    for power in range(low, high + 1):
        place = x(10**power)
        parts.append(f'<line class="line" x1="{place:.1f}" y1="{TOP - 8}" x2="{place:.1f}" y2="{bottom}"/>')
        parts.append(
            f'<text class="scale" x="{place:.1f}" y="{bottom + 20}" text-anchor="middle">{10**power:g} s</text>'
        )
    y = TOP
    for group in groups:
        parts.append(f'<text class="title" x="20" y="{y + 18}">{escape(group.title)}</text>')
        y += TITLE
        for bar in group.bars:
            length = max(x(bar.seconds) - left, 1)
            label = f"{bar.seconds:.2f} s" if bar.seconds < 10 else f"{bar.seconds:.1f} s"
            if bar.ratio is not None and bar.kind != "ours":
                label += f" (×{bar.ratio:.1f})"
            parts.append(f'<text class="name" x="{left - 10}" y="{y + 13.5}">{escape(bar.name)}</text>')
            parts.append(f'<rect class="{bar.kind}" x="{left}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"/>')
            parts.append(f'<text class="cost" x="{left + length + 8:.1f}" y="{y + 13.5}">{label}</text>')
            y += BAR + GAP
    return "\n".join([*parts, "</svg>"]) + "\n"
