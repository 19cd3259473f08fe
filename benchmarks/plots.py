"""The plots of the report, as SVG text that follows the page's colours in light and dark."""

from __future__ import annotations

import html
import io
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .stats import needed
from .summary import Results

__all__ = ["bits_plot", "colours", "gap_plot", "success_plot", "transfer_plot"]

FIXED = {"random": "#8d96a3", "blind": "#e0a100", "greedy": "#3987d8", "optimal": "#1ba27a", "oracle": "#c770a9"}
OTHERS = ("#e4602f", "#8a63d2", "#b0524f", "#4aa3a8", "#9a8b2f")
MARKERS = {"random": "v", "blind": "s", "greedy": "o", "optimal": "D", "oracle": "*"}
OTHER_MARKERS = ("P", "X", "^", "<", ">")
INK, FAINT, SHADE = "#010203", "#040506", "#070809"
"""Stand-ins that matplotlib draws with; the page's own colours take their place."""
THEME = {INK: "var(--ink)", FAINT: "var(--faint)", SHADE: "var(--shade)"}
LEFT, RIGHT = -0.35, 1.35
"""The part of the axis of the gap closed that is drawn; what lies outside is marked at the rim."""


def colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each agent, always the same for a baseline."""
    others = [name for name in names if name not in FIXED]
    return {name: FIXED.get(name) or OTHERS[others.index(name) % len(OTHERS)] for name in names}


def _markers(names: Sequence[str]) -> dict[str, str]:
    others = [name for name in names if name not in MARKERS]
    return {name: MARKERS.get(name) or OTHER_MARKERS[others.index(name) % len(OTHER_MARKERS)] for name in names}


def _figure(width: float, height: float, **layout: Any) -> tuple[Any, Any]:
    """A figure without a window or global state, and its axes."""
    needed("matplotlib")
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(**layout)
    for ax in figure.axes:
        ax.set_facecolor("none")
        ax.tick_params(colors=INK, labelsize=9, length=3)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            ax.spines[side].set_color(FAINT)
    return figure, axes


def _svg(figure: Any, name: str, alt: str) -> str:
    """The figure as one SVG element that can stand in a page beside others."""
    import matplotlib

    out = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.family": "sans-serif"}):
        figure.savefig(out, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    for stand_in, colour in THEME.items():
        text = text.replace(stand_in, colour)
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(id="|url\(#|xlink:href="#)', rf"\g<1>{name}-", text)  # ids are shared by the whole page
    text = re.sub(r"font-family: [^;]*;", "font-family: inherit;", text)
    head = f'<svg role="img" aria-label="{html.escape(alt)}" '
    return text.replace("<svg ", head, 1)


def gap_plot(results: Results) -> str:
    """Gap closed by environment: a row for each, a mark with its interval for each agent."""
    names = [agent["name"] for agent in results["agents"]]
    entries = [e for e in results["entries"] if any(n.get("gap_closed") is not None for n in e["agents"].values())]
    rows = [(entry["title"], entry["agents"], "gap_closed", "gap_interval") for entry in entries]
    rows.append(("Interquartile mean", results["overall"], "iqm", "interval"))
    figure, ax = _figure(9.2, 1.1 + 0.62 * len(rows))
    colour, marker = colours(names), _markers(names)
    for y, (_, numbers, value, interval) in enumerate(rows):
        if y % 2 == 0:
            ax.axhspan(y - 0.5, y + 0.5, color=SHADE, lw=0, zorder=0)
        shown = [name for name in names if numbers.get(name, {}).get(value) is not None]
        for i, name in enumerate(shown):
            at = y + (i - (len(shown) - 1) / 2) * 0.15
            _mark(ax, numbers[name][value], numbers[name][interval], at, colour[name], marker[name])
    for x, word in ((0, "blind"), (1, "optimal")):
        ax.axvline(x, color=INK, lw=1, ls=(0, (4, 3)), zorder=1)
        ax.text(x, -0.62, word, color=INK, ha="center", va="bottom", fontsize=9, style="italic")
    ax.axhline(len(rows) - 1.5, color=INK, lw=0.8)
    ax.set(xlim=(LEFT, RIGHT), ylim=(len(rows) - 0.5, -0.55))
    ax.set_yticks(range(len(rows)), [row[0] for row in rows])
    ax.set_xlabel("gap closed", color=INK, fontsize=10)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    _legend(figure, names, colour, marker)
    told = "; ".join(f"{name} {one['iqm']:.2f}" for name, one in results["overall"].items())
    return _svg(figure, "gap", f"Gap closed by environment and agent. Interquartile means: {told}.")


def _mark(ax: Any, value: float, interval: Sequence[float], y: float, colour: str, marker: str) -> None:
    """A value with its interval; outside of the axis an arrow at the rim with the number."""
    if LEFT <= value <= RIGHT:
        low, high = max(interval[0], LEFT), min(interval[1], RIGHT)
        ax.plot([low, high], [y, y], color=colour, lw=2.2, solid_capstyle="round", zorder=2)
        ax.plot([value], [y], marker=marker, ms=11 if marker == "*" else 6, color=colour, mec="none", zorder=3)
        return
    right = value > RIGHT
    x = RIGHT - 0.02 if right else LEFT + 0.02
    ax.plot([x], [y], marker=">" if right else "<", ms=5, color=colour, mec="none", zorder=3)
    ax.text(
        x - 0.02 if right else x + 0.02,
        y,
        f"{value:.2f}",
        color=colour,
        fontsize=7.5,
        ha="right" if right else "left",
        va="center",
    )


def _legend(figure: Any, names: Sequence[str], colour: Mapping[str, str], marker: Mapping[str, str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour[n], marker=marker[n], ls="", ms=11 if marker[n] == "*" else 7, mec="none", label=n)
        for n in names
    ]
    figure.legend(handles=handles, loc="outside upper center", ncols=min(len(names), 8), frameon=False, labelcolor=INK)


def success_plot(results: Results) -> str:
    """Success against turns, one panel for each environment, with the ceiling."""
    entries = [entry for entry in results["entries"] if entry["ceiling"] is not None]

    def draw(ax: Any, entry: Mapping[str, Any], colour: Mapping[str, str]) -> None:
        turns = range(entry["turns"] + 2)  # a step further, so that the last one is drawn whole
        limit = [0.0, *entry["ceiling"], entry["ceiling"][-1]]
        ax.fill_between(turns, limit, 1.04, step="mid", color=SHADE, lw=0)
        ax.step(turns, limit, where="mid", color=INK, lw=1.2, ls=(0, (4, 2)))
        for name, width in _widths(entry):
            if "success_by_turn" in entry["agents"][name]:
                rates = entry["agents"][name]["success_by_turn"]
                steps = [0.0, *rates, rates[-1]]
                ax.step(turns, steps, where="mid", color=colour[name], lw=width, ls=_style(name, results))
        ax.set(xlim=(0.5, entry["turns"] + 0.5), ylim=(0, 1.04), yticks=(0, 0.5, 1))

    return _panels(results, entries, draw, "success", "turn", "success by turn", "Success by turn and the ceiling")


def bits_plot(results: Results) -> str:
    """Candidates left by turn on a logarithmic scale, one panel for each environment."""
    entries = [e for e in results["entries"] if any("bits" in n for n in e["agents"].values())]

    def draw(ax: Any, entry: Mapping[str, Any], colour: Mapping[str, str]) -> None:
        most = 0.0
        for name, width in _widths(entry):
            numbers = entry["agents"][name]
            if "bits" in numbers:
                # An episode that has ended keeps its last, so the line goes on.
                bits = numbers["bits"] + numbers["bits"][-1:] * (entry["turns"] + 1 - len(numbers["bits"]))
                most = max(most, *bits)
                ax.plot(range(len(bits)), bits, color=colour[name], lw=width, ls=_style(name, results))
        ticks = range(0, math.ceil(most) + 1, 2)
        ax.set(xlim=(0, entry["turns"]), ylim=(0, math.ceil(most)))
        ax.set_yticks(ticks, [str(2**tick) for tick in ticks])

    return _panels(results, entries, draw, "bits", "turn", "candidates left", "Candidates left by turn")


def _widths(entry: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Agents from the last to the first with falling widths of line, so that lines that coincide are all seen."""
    names = list(entry["agents"])[::-1]
    return [(name, 3.4 - 1.8 * i / max(len(names) - 1, 1)) for i, name in enumerate(names)]


def _style(name: str, results: Results) -> Any:
    """Privileged agents are dotted: they don't live by the answers."""
    return (0, (1, 1.2)) if name in results["privileged"] else "-"


def _panels(
    results: Results, entries: Sequence[Mapping[str, Any]], draw: Any, name: str, x: str, y: str, alt: str
) -> str:
    if not entries:
        return ""
    columns = min(4, len(entries))
    rows = math.ceil(len(entries) / columns)
    figure, axes = _figure(9.2, 0.5 + 2.15 * rows, nrows=rows, ncols=columns, squeeze=False)
    names = [agent["name"] for agent in results["agents"]]
    colour = colours(names)
    for i, ax in enumerate(axes.flat):
        if i >= len(entries):
            ax.set_axis_off()
            continue
        draw(ax, entries[i], colour)
        ax.set_title(entries[i]["title"], fontsize=9, color=INK, loc="left")
        ax.grid(axis="y", color=FAINT, lw=0.5)
        ax.set_axisbelow(True)
        ax.xaxis.get_major_locator().set_params(integer=True)
        if i + columns >= len(entries):
            ax.set_xlabel(x, color=INK, fontsize=9)
        if i % columns == 0:
            ax.set_ylabel(y, color=INK, fontsize=9)
    from matplotlib.lines import Line2D

    handles = [Line2D([], [], color=colour[n], lw=2, ls=_style(n, results), label=n) for n in names]
    if name == "success":
        handles.append(Line2D([], [], color=INK, lw=1.2, ls=(0, (4, 2)), label="ceiling"))
    figure.legend(
        handles=handles, loc="outside upper center", ncols=min(len(handles), 8), frameon=False, labelcolor=INK
    )
    said = ", ".join(entry["title"] for entry in entries)
    return _svg(figure, name, f"{alt}, one panel for each of: {said}. The numbers are in the table below.")


def transfer_plot(
    summary: Mapping[str, Any], rows: Mapping[str, str], matrix: Mapping[str, str], rest: Mapping[str, str]
) -> str:
    """Heat maps of the transfer matrix, one for each game, with the controls apart from it.

    Args:
        summary: As :func:`infogap.benchmarks.transfer.summarised` makes it.
        rows: Names of the arms.
        matrix: Names of the regimes of evaluation.
        rest: Names of the controls.
    """
    games = summary["games"]
    figure, axes = _figure(9.2, 0.4 + 2.75 * len(games), nrows=len(games), squeeze=False)
    places = {column: float(i) for i, column in enumerate(matrix)}
    places |= {column: len(matrix) + 0.25 + i for i, column in enumerate(rest)}
    for ax, game in zip(axes.flat, games.values(), strict=True):
        for y, arm in enumerate(rows):
            for column, x in places.items():
                cell = game["cells"][arm].get(column)
                if cell is not None:
                    _heat(ax, x, y, cell)
        ax.set(xlim=(-0.5, max(places.values()) + 0.5), ylim=(len(rows) - 0.5, -0.5))
        names = [name.replace(" ", "\n", 1) for name in (*matrix.values(), *rest.values())]
        ax.set_xticks(list(places.values()), names)
        ax.set_yticks(range(len(rows)), list(rows.values()))
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        ax.set_ylabel("trained in", color=INK, fontsize=9)
        ax.set_title(
            f"{game['title']}: success when evaluated in ...; right of the gap, controls in private",
            fontsize=9,
            color=INK,
            loc="left",
        )
        for spine in ax.spines.values():
            spine.set_visible(False)
    told = "; ".join(
        f"{game['title']}: "
        + ", ".join(f"{rows[arm]} in {matrix[c]} {game['cells'][arm][c].mean:.2f}" for arm in rows for c in matrix)
        for game in games.values()
    )
    return _svg(figure, "transfer", f"Transfer matrix, success by regime of training and of evaluation. {told}.")


def _heat(ax: Any, x: float, y: float, cell: Any) -> None:
    """One cell: colour and number of the mean, and the interval below."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    ax.add_patch(Rectangle((x - 0.48, y - 0.47), 0.96, 0.94, color=colormaps["viridis"](cell.mean), lw=0))
    ink = "#ffffff" if cell.mean < 0.6 else "#14181f"
    ax.text(x, y - 0.1, f"{cell.mean:.2f}", color=ink, ha="center", va="center", fontsize=11)
    ax.text(x, y + 0.24, f"{cell.low:.2f} – {cell.high:.2f}", color=ink, ha="center", va="center", fontsize=7.5)
