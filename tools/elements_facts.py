"""The facts of the world "elements": read from mendeleev 1.3, corrected and grouped.

What the source has wrong, leaves open or only predicts is corrected here or where it is asked, each time with the
reason. Sets of symbols are public facts of chemistry (IUPAC nomenclature).
"""

from __future__ import annotations

import sqlite3
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path


def rows(query: str) -> list[tuple]:
    spec = find_spec("mendeleev")
    if spec is None or not version("mendeleev").startswith("1.3."):
        raise SystemExit("needs mendeleev 1.3: pip install 'mendeleev==1.3.*'")
    with sqlite3.connect(Path(spec.submodule_search_locations[0]) / "elements.db") as db:
        return db.execute(query).fetchall()


def column(expression: str) -> dict[str, object]:
    return dict(rows(f"SELECT symbol, {expression} FROM elements ORDER BY atomic_number"))


def symbols(text: str) -> list[str]:
    return text.split()


Z = column("atomic_number")
NAME = column("name")
SYMBOLS = list(Z)
PERIOD, BLOCK, GROUP = column("period"), column("block"), column("group_id")
USES, ORIGIN, DISCOVERERS = column("uses"), column("name_origin"), column("discoverers")


def span(first: int, last: int) -> list[str]:
    """The symbols of atomic numbers first..last."""
    return SYMBOLS[first - 1 : last]


# ---- categories. Disputed membership is unknown: group 12 as transition metals, Lu and Lr (f or d), Po, At, and the
# ---- superheavy elements whose chemistry is only predicted.
ALKALI = symbols("Li Na K Rb Cs Fr")
ALKALINE = symbols("Be Mg Ca Sr Ba Ra")
METALLOID = symbols("B Si Ge As Sb Te")
NONMETAL = symbols("H C N O P S Se")
HALOGEN = symbols("F Cl Br I At Ts")
NOBLE = symbols("He Ne Ar Kr Xe Rn Og")
POOR = symbols("Al Ga In Sn Tl Pb Bi")
LANTHANIDE, ACTINIDE = span(57, 71), span(89, 103)
GROUP_3_OR_F = symbols("La Ac Lu Lr")  # the tables disagree which two stand in group 3 and which in the f-block
TRANSITION = [s for s in SYMBOLS if BLOCK[s] == "d" and 3 <= GROUP[s] <= 11 and s not in GROUP_3_OR_F]
FAMILIES = {
    "alkali metals": ALKALI,
    "alkaline earth metals": ALKALINE,
    "metalloids": METALLOID,
    "reactive nonmetals": NONMETAL,
    "halogens": HALOGEN,
    "noble gases": NOBLE,
    "post-transition metals": [*POOR, *symbols("Po Nh Fl Mc Lv")],
    "lanthanides": LANTHANIDE,
    "actinides": ACTINIDE,
    "transition metals of period 4": span(21, 30),
    "transition metals of period 5": span(39, 48),
    "transition metals of period 6": span(72, 80),
    "transition metals of period 7": span(104, 112),
}


def temperatures() -> tuple[dict[str, float], dict[str, float]]:
    """Melting and boiling points in °C of the ordinary allotrope; carbon sublimes, so its point bounds both."""
    melt, boil = {}, {}
    skip = {"red", "rhombic", "vitreous"}
    query = """SELECT atomic_number, melting_point, boiling_point, allotrope, is_sublimation_point, is_transition
               FROM phasetransitions"""
    for z, m, b, allotrope, _, transition in rows(query):
        if allotrope in skip or transition or SYMBOLS[z - 1] == "Fr":
            continue
        if m is not None:
            melt[SYMBOLS[z - 1]] = m - 273.15
        if b is not None:
            boil[SYMBOLS[z - 1]] = b - 273.15
    return melt, boil


# No year here splits two claims to one element; where that could not be had, the element's year is unknown.
DISCOVERED_AFTER = (1700, 1755, 1785, 1800, 1806, 1815, 1835, 1855, 1870, 1888, 1905, 1930, 1947, 1959, 1990)


def discovery_years() -> dict[str, int | None]:
    years = column("discovery_year")
    for s, text in column("discoverers").items():
        if text.startswith("Known to the ancients"):  # or since the Middle Ages: zinc, arsenic, antimony, bismuth
            years[s] = 0
    # The source dates neodymium to 1925; it was split from didymium with praseodymium in 1885. Disputed or staged:
    # helium (1868 in the sun, 1895 on Earth), vanadium (1801, 1830), platinum (1557 to 1750), nobelium (1957 to 1966).
    return years | {"Nd": 1885, **dict.fromkeys(symbols("He V Pt No"))}


def discovery_places() -> dict[str, str | None]:
    places = column("discovery_location")
    # Disputed or withdrawn claims, several countries, or one that changed hands: unknown.
    places |= dict.fromkeys(symbols("He V Y Pt No Lr Rf Db Sg"))
    # Found twice independently, or by Dubna with American laboratories; protactinium by Soddy and by Hahn and Meitner.
    places |= {"Br": "Germany/France", "Ho": "Switzerland/Sweden", "Tl": "England/France", "Pa": "England/Germany"}
    places |= {"Lu": "France/Austria/United States", **dict.fromkeys(symbols("Fl Mc Lv Ts Og"), "Russia/United States")}
    return places
