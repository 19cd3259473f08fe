"""The figure of transfer.md from the committed results: `python figure.py` writes matrix.svg beside it."""

from pathlib import Path

from infogap.benchmarks import plots, transfer

COLOURS = {"var(--ink)": "#4a5361", "var(--faint)": "#d5d9df", "var(--shade)": "#f1f3f6"}

summary = transfer.summarised(transfer.committed())
text = plots.transfer_plot(summary, transfer.ARMS, transfer.COLUMNS, transfer.CONTROLS)
for name, colour in COLOURS.items():
    text = text.replace(name, colour)
text = text.replace("font-family: inherit", "font-family: sans-serif")
(Path(__file__).parent / "matrix.svg").write_text(text, encoding="utf-8")
