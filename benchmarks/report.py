"""The report: one self-contained HTML page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from . import plots, stats, transfer
from .summary import Results
from .table import number

__all__ = ["page", "render"]

TEMPLATES = Path(__file__).parent / "templates"


def render(results: Results) -> str:
    """The page.

    Args:
        results: As :func:`~infogap.benchmarks.summary.summarise` makes them, with the record of how they were made.

    Raises:
        MissingExtra: The extra `bench` is not installed.
    """
    figures = {
        "gap": plots.gap_plot(results) if results["overall"] else "",
        "success": plots.success_plot(results),
        "bits": plots.bits_plot(results),
    }
    study = transfer.summarised(transfer.committed())
    figures["transfer"] = plots.transfer_plot(study, transfer.ARMS, transfer.COLUMNS, transfer.CONTROLS)
    names = [agent["name"] for agent in results["agents"]]
    return page(
        "report.html", r=results, figures=figures, colours=plots.colours(names), ranked=_ranked(results), study=study
    )


def page(template: str, **values: Any) -> str:
    """A page of :data:`TEMPLATES`, filled in.

    Raises:
        MissingExtra: The extra `bench` is not installed.
    """
    jinja2 = stats.needed("jinja2")
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["number"] = _number
    made: str = environment.get_template(template).render(**values)
    return made


def _ranked(results: Results) -> list[tuple[str, dict[str, Any]]]:
    """Agents by interquartile mean, the best first."""
    return sorted(results["overall"].items(), key=lambda item: -item[1]["iqm"])


def _number(value: float | None, digits: int = 3) -> str:
    """A number for people; a dash where there is none."""
    return "–" if value is None else number(value, digits).replace("-", "−")
