"""Names of people, places, firms and goods: common first and last names, cities, and inventions.

All lists are our own. Firms and suppliers do not exist; their mail addresses end in ``.example`` and their phone
numbers are of the block 555-01xx, both set aside for fiction.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["CONTACT_ROLES", "LINES", "NAMES", "PHONES", "STAFF", "TRADES", "Names"]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST = _words("""
    Aaron Abigail Adam Agnes Aisha Alan Alice Alma Amara Amit Amy Andrea Anita Anna Antonio Arthur Astrid Beatrice
    Benjamin Bianca Boris Bridget Bruno Camila Carl Carmen Caroline Cecilia Charlotte Chloe Clara Colin Connor
    Dalia Daniel Daria David Deborah Dennis Diana Dinesh Dominic Dora Edgar Edith Elena Eli Elias Elisa Emil Emma
    Eric Esther Eva Farah Felix Fiona Florence Francis Frank Frida Gareth Gemma George Gina Grace Greta Gustav
    Hanna Harold Harriet Hassan Hector Helen Henry Hugo Ian Ibrahim Ida Ines Ingrid Irene Isaac Ivan Jack Jana
    Jasmine Jerome Joan Joel Jonas Josephine Judith Julia Julian Kamal Karen Karim Katya Keith Kenji Laila Lara
    Laura Leon Lewis Lilian Linda Louis Lucia Lydia Magnus Malik Marcus Maria Marta Martin Maya Mei Miriam Monica
    Nadia Naomi Nathan Neil Nina Noah Nora Oliver Olga Omar Oscar Paula Pedro Petra Philip Priya Rachel Rafael
    Rita Robert Rosa Ruth Samir Samuel Sandra Sara Sven Simon Sofia Stella Susan Tamara Teresa Thomas Tobias Uma
    Ursula Valerie Vera Victor Walter Wendy Yasmin Yusuf Zoe
""")
LAST = _words("""
    Abbott Acosta Aldous Alvarez Andersen Arnold Ashworth Atkins Barrett Becker Berg Birkett Bishop Bowen Brandt
    Brennan Burke Caldwell Calloway Cardoso Carver Chandler Chapman Conrad Copley Crane Cross Dalton Danvers
    Decker Delgado Devlin Dixon Doyle Draper Duarte Duncan Eaton Egan Eklund Ellis Emery Engel Fairley Fenton
    Ferreira Finch Fletcher Flynn Foley Fowler Fuchs Fuller Gallagher Garner Garrick Gibbs Gomes Goodwin Graves
    Griffin Gruber Gupta Haas Haddon Hammond Hansen Harding Harper Hartley Hayes Heller Henning Herrera Hoffmann
    Hooper Horton Hurst Iqbal Ivers Jansen Jarvis Jensen Joshi Kaplan Kaur Keane Kendall Kettley Kirk Kovacs
    Kramer Krause Kruse Lambert Larsen Leblanc Lind Lindgren Lorimer Lund Madsen Marsh Mercer Meyer Milner Molina
    Monroe Moreau Morris Moser Mossley Navarro Neumann Nielsen Nolan Novak Oakes Okafor Olsen Osborne Otto Owens
    Patel Perkins Petit Pham Porter Pratt Quinn Radford Rahman Ramos Randall Rao Reeves Reyes Richter Riley Rowe
    Russo Sadler Sauer Schmitt Serrano Sharp Skinner Soto Steele Stokes Strand Sutton Tanaka Thorne Tran Tucker
    Underwood Vance Vargas Vogel Wade Walsh Warner Weber Whitaker Wilkins Winter Woods Wyatt Yates Zeller Zimmer
""")
CITIES = (
    *("Aarhus", "Antwerp", "Basel", "Bergen", "Bilbao", "Bologna", "Bordeaux", "Bremen", "Bristol", "Brno", "Cardiff"),
    *("Cork", "Dresden", "Dundee", "Exeter", "Galway", "Gdansk", "Genoa", "Ghent", "Graz", "Hanover", "Hull", "Leeds"),
    *("Leicester", "Leipzig", "Lille", "Linz", "Lyon", "Malaga", "Nantes", "Norwich", "Odense", "Oulu", "Oxford"),
    *("Plymouth", "Porto", "Preston", "Reading", "Rotterdam", "Salzburg", "Seville", "Stavanger", "Swansea", "Tampere"),
    *("Toulouse", "Trieste", "Turku", "Uppsala", "Utrecht", "Verona", "Wroclaw", "York"),
)
_HEADS = _words("""
    Amber Bracken Cinder Dapple Elder Fallow Gorse Hazel Ivory Juniper Kestrel Larch Marl Nettle Osier Plover
    Quill Rowan Sorrel Tansy Umber Vetch Wren Yarrow
""")
_TAILS = _words("""
    beck brook combe croft dale fell fold garth holt lea marsh mere moor stead thorpe wick
""")
FIRMS = tuple(head + tail for head in _HEADS for tail in _TAILS)
TRADES = (
    *("Architects", "Bakeries", "Catering", "Clinics", "College", "Consulting", "Dental Care", "Design", "Engineering"),
    *("Events", "Fitness", "Gardens", "Gallery", "Hotels", "Insurance", "Interiors", "Laboratories", "Legal"),
    *("Library", "Logistics", "Media", "Nurseries", "Optics", "Pharmacy", "Press", "Property", "Publishing", "Rentals"),
    *("Schools", "Software", "Studios", "Surveyors", "Textiles", "Theatre", "Translations", "Travel"),
)
HOUSES = (
    ("Fernhurdle Office Supply", "fernhurdle.example"),
    ("Deskwick and Daughters", "deskwick.example"),
    ("Quartergate Furnishings", "quartergatefurnishings.example"),
    ("Stillbarrow Workspaces", "stillbarrow.example"),
    ("Paperplover Supplies", "paperplover.example"),
    ("Tidemallow Office Furniture", "tidemallow.example"),
    ("Cloverstile Interiors", "cloverstile.example"),
    ("Northwicket Workplace", "northwicket.example"),
)
"""The company itself: name and domain."""
SUPPLIERS = (
    ("Oakhammer Joinery", "oakhammer.example"),
    ("Velvetine Seating", "velvetine.example"),
    ("Brightspool Lighting", "brightspool.example"),
    ("Papyrine Mills", "papyrine.example"),
    ("Steelwren Cabinets", "steelwren.example"),
    ("Inkbarrow Stationery", "inkbarrow.example"),
    ("Plankworth Timber", "plankworth.example"),
    ("Glasshopper Panels", "glasshopper.example"),
    ("Castorbolt Fittings", "castorbolt.example"),
    ("Feltgrove Acoustics", "feltgrove.example"),
    ("Hingewright Metal", "hingewright.example"),
    ("Lampwick and Shade", "lampwickandshade.example"),
    ("Veneermoor Boards", "veneermoor.example"),
    ("Springcoil Upholstery", "springcoil.example"),
    ("Tabletarn Works", "tabletarn.example"),
    ("Wickerhythe Weavers", "wickerhythe.example"),
)

STAFF = (
    ("Office manager", "me"),
    ("Sales coordinator", "sales"),
    ("Warehouse manager", "warehouse"),
    ("Accountant", "accounts"),
    ("Managing director", "director"),
    ("Marketing manager", "marketing"),
    ("Sales manager", "sales"),
    ("Sales assistant", "sales"),
    ("Key account manager", "sales"),
    ("Customer service agent", "sales"),
    ("Customer service lead", "sales"),
    ("Dispatch clerk", "warehouse"),
    ("Warehouse supervisor", "warehouse"),
    ("Payables clerk", "accounts"),
    ("Receivables clerk", "accounts"),
    ("Purchasing manager", "other"),
    ("Buyer", "other"),
    ("Product manager", "marketing"),
    ("Catalogue editor", "marketing"),
    ("Personnel officer", "other"),
    ("IT administrator", "other"),
    ("Facilities manager", "other"),
    ("Quality inspector", "other"),
    ("Trainee", "other"),
)
"""Roles of the company's own people, and their line of work. The first six are there in every company."""
CONTACT_ROLES = (
    *("Office manager", "Purchasing manager", "Buyer", "Facilities manager", "Head of administration", "Owner"),
    *("Executive assistant", "Operations manager", "Procurement officer", "Site manager", "Bookkeeper", "Secretary"),
)

_GOODS = """
    Oak standing desk:58900|Beech standing desk:52900|Walnut writing desk:47500|Corner desk:38900|Folding desk:16900|
    Desk extension:9900|Meeting table for eight:84900|Round meeting table:45900|Side table:12900|Task chair:23900|
    Mesh task chair:27900|Executive chair:41900|Visitor chair:11900|Stacking chair:6900|Bar stool:14900|
    Two-seat sofa:69900|Lounge chair:38500|Filing cabinet:21900|Mobile pedestal:17900|Steel bookcase:24900|
    Oak bookcase:31900|Wardrobe locker:26900|Roller door cupboard:35900|Plan chest:57900|Desk lamp:5900|
    Floor lamp:12500|Ceiling panel light:18900|Monitor arm:9500|Footrest:3900|Cable tray:2900|Whiteboard:13900|
    Mobile whiteboard:29900|Pin board:4900|Flip chart easel:8900|Acoustic screen:19900|Desk divider:7900|
    Coat stand:6500|Umbrella stand:3500|Paper shredder:32900|Label printer:15900|Laminator:11500|
    Binding machine:18500|Lever arch file:390|Box of copy paper:2450|Box of envelopes:1890|Hanging folder set:1690|
    Document tray:1290|Desk organiser:1590|Recycling bin:2790|Key cabinet:5490|Ash reception counter:92900|
    Maple conference table:79900|Drafting table:43900|Bench desk for two:61900|Wall-mounted desk:28900|
    Kneeling chair:17900|Saddle stool:15900|Beam seat for three:35500|Footstool:8900|Reading chair:33900|
    Drawer unit:14900|Lateral file cabinet:36900|Magazine rack:7400|Shelf unit:19500|Corner cupboard:27500|
    Fireproof safe:74900|Parcel locker:88900|Clip-on lamp:3900|Pendant light:14500|Uplighter:16500|
    Laptop stand:4500|Keyboard tray:6900|Desk mat:2500|Power strip:2200|Glass board:22900|Cork board:5900|
    Projector screen:18900|Planning board:12400|Wall panel:8400|Plant box:9900|Wall clock:3300|Mail sorter:11900|
    Paper trimmer:8700|Franking scale:13900|Stapler set:1450|Box of pencils:950|Box of notebooks:3250|
    Index card box:1150|Archive carton set:2890|Waste paper basket:1750|First aid cabinet:6900|Step stool:5200
"""
GOODS = tuple((name, int(price)) for name, price in (pair.strip().split(":") for pair in _GOODS.split("|")))
"""What is sold: name, and list price in cents before it is varied."""
LINES = ("AR", "BN", "CT", "DL", "EK", "FM", "GS", "HV")
"""First letters of article numbers, one pair a supplier."""

PHONES = tuple(f"({area}) 555-01{line:02d}" for area in range(207, 987, 13) for line in range(100))


class Names(NamedTuple):
    """The names that a company is drawn from. Tuples begin with the name."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    cities: tuple[str, ...]
    firms: tuple[str, ...]
    houses: tuple[tuple[str, str], ...]
    suppliers: tuple[tuple[str, str], ...]
    goods: tuple[tuple[str, int], ...]


NAMES = Names(FIRST, LAST, CITIES, FIRMS, HOUSES, SUPPLIERS, GOODS)
"""All of them."""
