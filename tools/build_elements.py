"""Build the world "elements" from mendeleev 1.3 (MIT): `python tools/build_elements.py [--out FOLDER]`.

What the source says and what is corrected: elements_facts.py. Sets of symbols in this file are public facts of
chemistry (IUPAC nomenclature) or read off the source's own texts.
"""

from __future__ import annotations

import re

from elements_facts import (
    ACTINIDE,
    ALKALI,
    ALKALINE,
    BLOCK,
    DISCOVERED_AFTER,
    DISCOVERERS,
    FAMILIES,
    GROUP,
    GROUP_3_OR_F,
    HALOGEN,
    LANTHANIDE,
    METALLOID,
    NAME,
    NOBLE,
    NONMETAL,
    ORIGIN,
    PERIOD,
    POOR,
    SYMBOLS,
    TRANSITION,
    USES,
    Z,
    column,
    discovery_places,
    discovery_years,
    rows,
    span,
    symbols,
    temperatures,
)
from worlds import Table, build, thresholds, write

NOTICE = """\
Facts adapted from mendeleev 1.3.0, Copyright (c) 2015 Lukasz Mentel, MIT License. Values were thresholded and rounded,
texts reduced to yes/no questions, and errors corrected; see DATA_LICENSES.md."""


def taxonomy(table: Table) -> None:
    add = table.member
    add("taxonomy", "Is it a noble gas?", NOBLE)
    add("taxonomy", "Is it a halogen?", HALOGEN)
    add("taxonomy", "Is it an alkali metal?", ALKALI)
    add("taxonomy", "Is it an alkaline earth metal?", ALKALINE)
    add("taxonomy", "Is it a metalloid?", METALLOID, symbols("Po At Se"))
    add("taxonomy", "Is it a post-transition metal?", POOR, symbols("Zn Cd Hg Cn Po At Nh Fl Mc Lv"))
    add("taxonomy", "Is it a transition metal?", TRANSITION, [*symbols("Zn Cd Hg Cn"), *GROUP_3_OR_F])
    add("taxonomy", "Is it a lanthanide?", LANTHANIDE)
    add("taxonomy", "Is it an actinide?", ACTINIDE)
    add("taxonomy", "Is it a rare-earth element?", ["Sc", "Y", *LANTHANIDE])
    add("taxonomy", "Is it a platinum-group metal?", symbols("Ru Rh Pd Os Ir Pt"))
    add("taxonomy", "Is it a precious metal?", symbols("Ag Au Ru Rh Pd Os Ir Pt"))
    add("taxonomy", "Is it a refractory metal?", symbols("Nb Mo Ta W Re"), symbols("Ti V Cr Zr Hf Ru Rh Os Ir Tc"))
    add("taxonomy", "Is it a chalcogen?", symbols("O S Se Te Po Lv"))
    add("taxonomy", "Is it a pnictogen?", symbols("N P As Sb Bi Mc"))
    nonmetals = {*NONMETAL, *symbols("F Cl Br I He Ne Ar Kr Xe Rn")}
    doubtful = {*METALLOID, *symbols("At Cn Nh Fl Mc Lv Ts Og")}
    add("taxonomy", "Is it a metal?", set(SYMBOLS) - nonmetals - doubtful, doubtful - set(METALLOID))
    add("taxonomy", "Is it a nonmetal?", nonmetals, symbols("At Ts Og"))
    for block in "spdf":
        open_ = GROUP_3_OR_F if block in "df" else ()
        add(
            "taxonomy",
            f"Is it in the {block}-block?",
            [s for s in SYMBOLS if BLOCK[s] == block and s not in open_],
            open_,
        )
    for period in range(1, 8):
        table.ask("taxonomy", f"Is it in period {period} of the periodic table?", lambda s, p=period: PERIOD[s] == p)
    for group in range(1, 19):
        open_ = GROUP_3_OR_F if group == 3 else ()
        yes = [s for s in SYMBOLS if GROUP[s] == group and s not in open_]
        add("taxonomy", f"Is it in group {group} of the periodic table?", yes, open_)
    kinds = column("goldschmidt_class")
    for name, plural in (("litophile", "lithophile"), ("siderophile",) * 2, ("chalcophile",) * 2, ("atmophile",) * 2):
        known = {s for s in SYMBOLS if kinds[s] not in (None, "synthetic")}
        yes = {s for s in known if kinds[s] == name}
        add(
            "taxonomy",
            f"Is it a {plural} element in Goldschmidt's classification?".replace(" a atm", " an atm"),
            yes,
            set(SYMBOLS) - known,
        )


def substance(table: Table) -> None:
    add = table.member
    melt, boil = temperatures()
    # 25 °C is 298.15 K. Never seen in bulk: the superheavy elements, and francium, whose melting point is an estimate.
    known = [s for s in SYMBOLS if s in melt or s in boil]
    gas = [s for s in known if boil.get(s, 1e9) < 25]
    liquid = [s for s in known if melt.get(s, 1e9) < 25 and s not in gas]
    open_ = set(SYMBOLS) - set(known)
    add("substance", "Is it a gas at room temperature?", gas, open_)
    add("substance", "Is it a liquid at room temperature?", liquid, open_)
    add("substance", "Is it a solid at room temperature?", set(known) - {*gas, *liquid}, open_)
    # Bismuth's only primordial isotope decays in 2e19 years: stable for every purpose but the word.
    add(
        "substance",
        "Is it radioactive, with no stable isotope?",
        [s for s, v in column("is_radioactive").items() if v],
        ["Bi"],
    )
    add(
        "substance",
        "Is it found in nature in more than traces?",
        set(span(1, 92)) - set(symbols("Tc Pm At Fr Po Rn Ra Ac Pa")),
        symbols("Po Rn Ra Ac Pa"),
    )
    add(
        "substance",
        "Does it have molecules of two atoms as a pure substance at room temperature?",
        symbols("H N O F Cl Br I"),
        ["At", "Ts"],
    )
    add("substance", "Is it ferromagnetic at room temperature?", symbols("Fe Co Ni"), ["Gd", *span(100, 118)])
    single = {s for s, v in column("is_monoisotopic").items() if v} - {"Pa"}
    add(
        "substance",
        "Is it found in nature as a single isotope only?",
        single,
        symbols("Pa Ta Tc Pm Po At Rn Fr Ra Ac Np Pu"),
    )
    lattices = column("lattice_structure")
    for code, name in (
        ("HEX", "hexagonal"),
        ("FCC", "face-centred cubic"),
        ("BCC", "body-centred cubic"),
        ("ORC", "orthorhombic"),
    ):
        article = "an" if name[0] == "o" else "a"
        table.ask(
            "substance",
            f"Does it crystallise in {article} {name} lattice?",
            lambda s, c=code: None if lattices[s] is None else lattices[s] == c,
        )
    states: dict[str, set[int]] = {}
    for z, state in rows("SELECT atomic_number, oxidation_state FROM oxidationstates WHERE category = 'main'"):
        states.setdefault(SYMBOLS[z - 1], set()).add(state)
    states |= {s: set() for s in ("He", "Ne", "Ar")}  # they form no ordinary compounds
    del states["No"]  # listed as +3; nobelium is the actinide whose stable state is +2
    for state in (-3, -2, -1, 1, 2, 3, 4, 5, 6, 7):
        table.ask(
            "substance",
            f"Is {state:+d} one of its main oxidation states?".replace("-", "−"),
            lambda s, o=state: o in states[s] if s in states else None,
        )


def numeric(table: Table) -> None:
    melt, boil = temperatures()
    melt |= {"C": boil["C"]}
    melt |= {"He": -272.0}  # solid only under pressure, below this at any pressure near normal
    del boil["C"], boil["As"], melt["As"]  # both sublime; arsenic's listed melting point needs 36 bar
    # From fermium on bulk values are predictions; astatine and francium have never been weighed.
    unseen = {*span(100, 118), "At", "Fr"}
    melt = {s: v for s, v in melt.items() if s not in unseen}

    def seen(expression: str, hidden: set[str] = frozenset(), **fixes: float) -> dict[str, float | None]:
        return {s: None if s in hidden else fixes.get(s, v) for s, v in column(expression).items()}

    density = seen("density", unseen)
    table.above("Is its atomic number above {}?", Z, (10, 20, 30, 40, 50, 60, 70, 80, 90, 100))
    table.ask("numeric", "Is its atomic number even?", lambda s: Z[s] % 2 == 0)
    table.above("Is its melting point above {} °C?", melt, thresholds(melt.values(), 11))
    table.above("Is its boiling point above {} °C?", boil, thresholds(boil.values(), 11))
    table.above("Is its density above {} g/cm³?", density, thresholds(density.values(), 11))
    energy = {
        SYMBOLS[z - 1]: v
        for z, v in rows(
            "SELECT atomic_number, ionization_energy FROM ionizationenergies "
            "WHERE ion_charge = 0 AND atomic_number < 104"
        )
    }
    # Affinities of the lanthanides and hafnium have been measured anew since; that of polonium is computed.
    # Indium's share of sea water is a thousand times what is measured today.
    sea = {s: None if v is None else 1000 * v for s, v in seen("abundance_sea", {"In"}).items()}
    for question, values, count in (
        ("Is its first ionisation energy above {} eV?", energy, 8),
        ("Is its electron affinity above {} eV?", seen("electron_affinity", {*LANTHANIDE, "Hf", "Po"}), 5),
        ("Is its single-bond covalent radius above {} pm?", seen("covalent_radius_pyykko"), 8),
        ("Is its specific heat capacity above {} J/(g·K)?", seen("specific_heat_capacity"), 5),
        # The source gives potassium 79 W/(m·K) against 102 in the handbooks; graphite conducts by direction.
        ("Is its thermal conductivity above {} W/(m·K)?", seen("thermal_conductivity", {"C", "Br"}, K=102.5), 5),
        ("Does a kilogram of the Earth's crust hold more than {} mg of it?", seen("abundance_crust"), 8),
        ("Does a cubic metre of sea water hold more than {} mg of it?", sea, 5),
    ):
        table.above(question, values, thresholds(values.values(), count))
    table.above(
        "Is its electronegativity on the Pauling scale above {}?", column("en_pauling"), (1.05, 1.4, 1.74, 2.3, 2.8)
    )
    table.above(
        "Does a kilogram of it cost more than {} US dollars?",
        column("price_per_kg"),
        (1.2, 5.2, 20, 70, 200, 1100, 8000),
    )
    years = discovery_years()
    for y in DISCOVERED_AFTER:
        table.ask("numeric", f"Was it discovered after {y}?", lambda s, y=y: None if years[s] is None else years[s] > y)
    isotopes = {
        SYMBOLS[z - 1]: n
        for z, n in rows("SELECT atomic_number, SUM(abundance > 0) FROM isotopes GROUP BY atomic_number")
    }
    isotopes = {s: 0 if n is None else n for s, n in isotopes.items()}
    # Traces from decay have no settled shares; tantalum's second isotope is an isomer the source leaves out.
    isotopes |= dict.fromkeys(symbols("Ta Tc Pm Po At Rn Fr Ra Ac Np Pu"))
    for least in (1, 2, 3, 4, 5, 6, 7):
        table.ask(
            "numeric",
            f"Are at least {least} of its isotopes found in nature in a known share?".replace(
                "Are at least 1 of its isotopes", "Is at least one of its isotopes"
            ),
            lambda s, k=least: None if isotopes[s] is None else isotopes[s] >= k,
        )


def history(table: Table) -> None:
    places = discovery_places()
    for country, also in (
        ("Sweden", ()),
        ("Germany", ()),
        ("the United States", ()),
        ("Britain", ("England", "Scotland", "Great Britain")),
        ("France", ()),
        ("Russia", ("USSR",)),
    ):
        words = {country.removeprefix("the "), *also}
        table.ask(
            "relation",
            f"Was it discovered in {country}, alone or jointly?",
            lambda s, w=words: None if places[s] is None else bool(w & set(places[s].split("/"))),
        )
    table.ask(
        "relation", "Was it discovered by Humphry Davy?", lambda s: None if s == "Sr" else "Davy" in DISCOVERERS[s]
    )
    table.ask(
        "relation",
        "Was Glenn Seaborg among its discoverers?",
        lambda s: None if s in ("Sg", "Es", "Fm", "No") else "Seaborg" in DISCOVERERS[s],
    )
    table.member(
        "relation",
        "Has it been known since before the year 1600?",
        [s for s, y in discovery_years().items() if y == 0],
        ["Pt"],
    )


def origins(table: Table) -> None:
    """Name origins, read off the source's texts; indirect ones (a mineral, a laboratory) unknown."""
    add = table.member
    add(
        "gloss",
        "Is it named after a person?",
        symbols("Cm Es Fm Md No Lr Rf Sg Bh Mt Rg Cn Og"),
        symbols("Sm Gd Fl Lv"),
    )
    # Hassium is named after Hesse; the source's "Henri Hess" is a mistake.
    add(
        "gloss",
        "Is it named after a place on Earth?",
        symbols("Mg Sc Cu Ga Ge Sr Y Ru Eu Tb Ho Er Tm Yb Lu Hf Re Po Fr Am Bk Cf Db Hs Ds Nh Mc Ts"),
        symbols("Mn Fl Lv Be"),
    )
    add(
        "gloss",
        "Is it named after a country, under its present or an old name?",
        symbols("Ga Ge Ru Po Fr Nh"),
        symbols("Cu Sc Tm"),
    )
    add(
        "gloss",
        "Is it named after a figure of mythology?",
        symbols("Ti V Nb Ta Pm Th"),
        symbols("He Se Te Ir Sn Hg Ce Pd U Np Pu Co Ni P"),
    )
    add("gloss", "Is it named after a heavenly body?", symbols("He Se Te Pd Ce U Np Pu"), symbols("Hg P"))
    add("gloss", "Is it named after a colour?", symbols("Cl I Rb Cs In Rh Pr"), symbols("Cr Ir Tl Zr Au Bi As"))
    add(
        "gloss",
        "Does its name come straight from Greek?",
        [s for s, t in ORIGIN.items() if t.startswith("Greek:")],
        [s for s, t in ORIGIN.items() if not t.startswith("Greek:") and re.search("Greek|myth|god", t)]
        + symbols("Zr Ir Te"),
    )


USE_WORDS = {
    "alloys": "alloy",
    "steel": "steel",
    "glass": "glass",
    "lamps or lighting": r"lamp|light bulb|lighting|electric light",
    "nuclear reactors": r"reactor|nuclear fuel",
    "batteries": "batter",
    "semiconductors": "semiconductor",
    "ceramics": "ceramic",
    "catalysts": "catalyst",
    "medicine": r"medicine|cancer|pharmaceutical|surgical|antiseptic|remed",
    "dentistry or toothpaste": r"dental|toothpaste",
    "aircraft, rockets or missiles": r"aircraft|airplane|rocket|missile|spacecraft|aerospace",
    "jewelry or gems": r"jewelry|gemstone|emerald|rubies|ruby",
    "coins": "coins",
    "pigments, paints or dyes": r"pigment|paint|dye",
    "photography or cameras": r"photograph|camera",
    "fertilizers": "fertilizer",
    "explosives, fireworks or gunpowder": r"explosive|firework|gunpowder|blasting",
    "magnets or magnetism": r"magnet(?!o)",
    "lasers": "laser",
    "poisons or pesticides": r"poison|pesticide|insecticide|weed killer",
    "televisions": r"television|TV",
    "electronics": "electronic",
}


def uses(table: Table) -> None:
    none = re.compile("no significant commercial applications|no practical applications|no commercially significant")
    table.ask(
        "gloss",
        "Is it without any significant commercial use?",
        lambda s: None if USES[s] is None else bool(none.search(USES[s])),
    )
    for use, words in USE_WORDS.items():
        pattern = re.compile(rf"\b(?:{words})", re.IGNORECASE if use != "televisions" else 0)
        table.ask(
            "gloss",
            f"Does the list of its uses mention {use}?",
            lambda s, p=pattern: None if USES[s] is None else bool(p.search(USES[s])),
        )


def spelling(table: Table) -> None:
    for letter in "abcdefghiklmnoprstuvy":
        table.ask(
            "spelling", f"Does its name contain the letter {letter.upper()}?", lambda s, x=letter: x in NAME[s].lower()
        )
    for letter in "abcehilmnprst":
        table.ask(
            "spelling", f"Does its name begin with {letter.upper()}?", lambda s, x=letter: NAME[s].lower()[0] == x
        )
    table.ask("spelling", "Does its name end in -ium?", lambda s: NAME[s].endswith("ium"))
    table.ask("spelling", "Does its name end in -on?", lambda s: NAME[s].endswith("on"))
    table.ask("spelling", "Is its symbol a single letter?", lambda s: len(s) == 1)
    table.ask("spelling", "Does its symbol begin like its name?", lambda s: NAME[s][0] == s[0])
    for length in (5, 6, 7, 8, 9, 10):
        table.ask("spelling", f"Has its name more than {length} letters?", lambda s, k=length: len(NAME[s]) > k)


def main() -> None:
    table = Table(SYMBOLS)
    for part in (taxonomy, substance, numeric, history, origins, uses, spelling):
        part(table)
    family = {s: name for name, members in FAMILIES.items() for s in members}
    crust = column("abundance_crust")
    write(
        build(
            table,
            names=[NAME[s].lower() for s in SYMBOLS],
            groups=[family[s] for s in SYMBOLS],
            # By mass in the crust; what is rarer than 0.001 mg/kg, or has no figure, counts as 0.001 mg/kg.
            priors={"abundance": [max(crust[s] or 0.0, 1e-3) for s in SYMBOLS]},
            name="elements",
            source="mendeleev 1.3.0 (PyPI)",
            licence="MIT",
            notice=NOTICE,
        )
    )


if __name__ == "__main__":
    main()
