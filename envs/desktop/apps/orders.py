"""Orders: what customers have bought, who they are, and the catalogue."""

from __future__ import annotations

from typing import Any

from ..company.model import CARRIERS, ORDER_STATUSES, PRIORITIES, TIERS, Company
from ..company.model import Order as Sold
from ..dice import Dice
from ..schema import Action, App, Column, DetailView, Field, FormView, Link, ListView, Table
from .order_desk import COMMANDS, STANDINGS
from .words import with_shared

__all__ = ["ORDERS", "rows"]

_SHIPPED = tuple(ORDER_STATUSES.index(name) for name in ("shipped", "delivered", "returned"))

_CUSTOMERS = Table(
    "customers",
    "customer_name",
    (
        Column("customer_name", "text"),
        Column("customer_city", "text"),
        Column("tier", "enum", TIERS),
        Column("credit_limit", "money"),
        Column("terms", "int", doc="days to pay"),
        Column("contact_name", "text"),
        Column("contact_address", "text"),
        Column("standing", "enum", STANDINGS),
        Column("remark", "text"),
    ),
)
_ITEMS = Table(
    "items",
    "sku",
    (
        Column("sku", "text", doc="number in the catalogue"),
        Column("item", "text", doc="name"),
        Column("unit_price", "money", doc="list price"),
    ),
)
_ORDERS = Table(
    "orders",
    "order_number",
    (
        Column("order_number", "text"),
        Column("customer", "ref", "customers"),
        Column("item", "text"),
        Column("sku", "text"),
        Column("quantity", "int"),
        Column("unit_price", "money"),
        Column("order_total", "money"),
        Column("ordered", "date"),
        Column("due", "date", doc="day promised"),
        Column("order_status", "enum", ORDER_STATUSES),
        Column("ship_city", "text"),
        Column("carrier", "enum", CARRIERS),
        Column("tracking", "text"),
        Column("order_note", "text"),
        Column("priority", "enum", PRIORITIES),
        Column("true_due", "date", shown=False, doc="day of arrival, past or to come"),
    ),
)


# -- pages -------------------------------------------------------------------------------------------------------------
def _to(name: str, status: str) -> Action:
    return Action(name, "order_status", sets=(("status", status),))


_VIEWS = (
    ListView(
        "order_list",
        "orders",
        ("order_number", "customer", "order_total", "order_status", "ordered"),
        opens="order",
        sort="-ordered -order_number",
        filters=("order_status", "priority"),
        search=("order_number", "customer", "item", "sku"),
        new="new_order",
    ),
    ListView(
        "shipments",
        "orders",
        ("order_number", "carrier", "tracking", "ship_city", "sku"),
        opens="order",
        where=(("order_status", _SHIPPED),),
        sort="-ordered -order_number",
        filters=("carrier",),
        search=("order_number", "tracking", "ship_city"),
    ),
    ListView(
        "customer_list",
        "customers",
        ("customer_name", "customer_city", "tier", "standing", "credit_limit"),
        opens="customer",
        sort="customer_name",
        filters=("tier", "standing"),
        search=("customer_name", "customer_city", "contact_name"),
    ),
    ListView(
        "catalogue",
        "items",
        ("sku", "item", "unit_price"),
        opens="catalogue_item",
        sort="sku",
        search=("sku", "item"),
    ),
    DetailView(
        "order",
        "orders",
        (
            *("order_number", "customer", "item", "quantity", "unit_price", "order_total"),
            *("ordered", "due", "order_status", "priority", "ship_city", "order_note"),
        ),
        actions=(
            Action("change_order", form="change_order"),
            Action("add_note", form="add_note"),
            _to("confirm_order", "confirmed"),
            _to("hold", "on_hold"),
            _to("release", "open"),
            _to("ship_order", "shipped"),
            _to("register_return", "returned"),
            Action("cancel_order", "order_cancel"),
        ),
        links=(Link("customer_card", "customer", via="customer"),),
    ),
    DetailView(
        "customer",
        "customers",
        (
            *("customer_name", "customer_city", "tier", "credit_limit", "terms"),
            *("contact_name", "contact_address", "standing", "remark"),
        ),
        actions=(
            Action("change_customer", form="change_customer"),
            Action("hold", "customer_hold"),
            Action("release", "customer_release"),
        ),
        links=(Link("customer_orders", "order_list", "customer"),),
    ),
    DetailView("catalogue_item", "items", ("sku", "item", "unit_price")),
    FormView(
        "new_order",
        "order_create",
        (
            Field("customer", "ref", "customers"),
            Field("sku", "text"),
            Field("quantity", "int"),
            Field("due", "date"),
            Field("unit_price", "money", required=False),
            Field("ship_city", "text", required=False),
            Field("priority", "enum", PRIORITIES, required=False),
        ),
    ),
    FormView(
        "change_order",
        "order_change",
        (
            Field("quantity", "int", default="quantity"),
            Field("due", "date", default="due"),
            Field("ship_city", "text", default="ship_city"),
            Field("priority", "enum", PRIORITIES, default="priority"),
        ),
        about="orders",
    ),
    FormView("add_note", "order_note", (Field("note", "text", default="order_note"),), about="orders"),
    FormView(
        "change_customer",
        "customer_change",
        (
            Field("credit_limit", "money", default="credit_limit"),
            Field("terms", "int", default="terms"),
            Field("tier", "enum", TIERS, default="tier"),
            Field("remark", "text", required=False, default="remark"),
        ),
        about="customers",
    ),
)

_WORDS = {
    "orders": ("Orders", "Sales orders", "Order book", "Commissions"),
    "order_list": ("All orders", "Order list", "Order overview", "Order register"),
    "shipments": ("Shipments", "Consignments", "Goods sent", "Freight list"),
    "customer_list": ("Customers", "Clients", "Accounts held", "Clientele"),
    "catalogue": ("Catalogue", "Products", "Price list", "Range of goods"),
    "catalogue_item": ("Catalogue item", "Product details", "Product", "Ware"),
    "customer": ("Customer", "Client", "Buyer", "Patron"),
    "new_order": ("New order", "Enter an order", "Create order", "Place a commission"),
    "change_order": ("Change order", "Edit order", "Modify order", "Amend order"),
    "add_note": ("Edit note", "Write a note", "Change the note", "Annotate"),
    "confirm_order": ("Confirm order", "Accept order", "Acknowledge", "Ratify"),
    "ship_order": ("Mark as shipped", "Ship now", "Send out", "Hand to carrier"),
    "register_return": ("Register return", "Goods came back", "Book a return", "Receive back"),
    "cancel_order": ("Cancel order", "Call off order", "Drop order", "Annul order"),
    "change_customer": ("Change customer", "Edit customer", "Update client", "Amend particulars"),
    "customer_card": ("About the customer", "Customer details", "Who ordered", "Patron's particulars"),
    "customer_orders": ("Orders of this customer", "Their orders", "What they ordered", "Their commissions"),
    "customer_name": ("Name", "Customer name", "Company name", "Trading name"),
    "customer_city": ("City", "Based in", "Town", "Seat"),
    "tier": ("Tier", "Customer group", "Loyalty level", "Grade"),
    "standard": ("Standard", "Regular", "Basic", "Ordinary"),
    "silver": ("Silver", "Silver level", "Silver group", "Argent"),
    "gold": ("Gold", "Gold level", "Gold group", "Aurum"),
    "credit_limit": ("Credit limit", "Credit line", "Maximum credit", "Credit ceiling"),
    "terms": ("Days to pay", "Payment terms", "Payment days", "Days of grace"),
    "contact_name": ("Contact", "Contact person", "Person to ask", "Representative"),
    "contact_address": ("Contact address", "Mail of contact", "E-mail of contact", "Contact's mailbox"),
    "standing": ("Standing", "Customer status", "Account status", "Repute"),
    "active": ("Active", "In good standing", "Enabled", "Current"),
    "remark": ("Remark", "Customer remark", "About them", "Observation"),
    "order_number": ("Order number", "Order no.", "Order ID", "Order reference"),
    "item": ("Item", "Article", "Goods", "Merchandise"),
    "sku": ("SKU", "Article number", "Item code", "Stock number"),
    "quantity": ("Quantity", "Number of pieces", "Units", "Count of goods"),
    "unit_price": ("Unit price", "Price each", "Price per piece", "Rate"),
    "order_total": ("Total", "Order total", "Order value", "Sum"),
    "ordered": ("Ordered", "Order date", "Ordered on", "Day of order"),
    "due": ("Due", "Delivery date", "Promised for", "Expected by"),
    "order_status": ("Status", "Order status", "Progress", "State of affairs"),
    "confirmed": ("Confirmed", "Accepted", "Acknowledged", "Ratified"),
    "shipped": ("Shipped", "On its way", "In transit", "Consigned"),
    "delivered": ("Delivered", "Arrived", "Handed over", "Received by customer"),
    "returned": ("Returned", "Sent back", "Came back", "Restituted"),
    "ship_city": ("Ship to", "Delivery city", "Destination", "Consignee town"),
    "carrier": ("Carrier", "Shipped by", "Freight company", "Haulier"),
    "tracking": ("Tracking number", "Tracking", "Parcel number", "Waybill"),
    "order_note": ("Order note", "Note on order", "Order comment", "Gloss"),
    "priority": ("Priority", "Urgency", "Importance", "Precedence"),
    "normal": ("Normal", "Usual", "Not urgent", "Routine"),
    "urgent": ("Urgent", "Express", "Rush", "Pressing"),
    **{
        name: tuple(f"{name.title()}{kind}" for kind in ("", " Freight", " Parcel", " Haulage"))
        for name in CARRIERS[1:]
    },
}
_ALSO = ("none", "open", "on_hold", "cancelled", "hold", "release", "note", "order")
ORDERS = App("orders", (_CUSTOMERS, _ITEMS, _ORDERS), _VIEWS, COMMANDS, with_shared(_WORDS, _ALSO))


# -- the projection of the log -----------------------------------------------------------------------------------------
def rows(company: Company, dice: Dice) -> dict[str, list[Any]]:
    """The columns of customers, items and orders."""
    people, goods, customers = company.people, company.items, company.customers
    order = dict(zip(Sold._fields, zip(*company.orders, strict=True), strict=True))
    contacts = [people[c.contact] for c in customers]
    names, skus = [item.name for item in goods], [item.sku for item in goods]
    return {
        "customers_customer_name": [c.name for c in customers],
        "customers_customer_city": [c.city for c in customers],
        "customers_tier": [c.tier for c in customers],
        "customers_credit_limit": [c.limit for c in customers],
        "customers_terms": [c.terms for c in customers],
        "customers_contact_name": [person.name for person in contacts],
        "customers_contact_address": [person.mail for person in contacts],
        "customers_standing": [0 if c.active else 1 for c in customers],
        "customers_remark": [c.remark for c in customers],
        "items_sku": skus,
        "items_item": names,
        "items_unit_price": [item.price for item in goods],
        "orders_item": [names[row] for row in order["item"]],
        "orders_sku": [skus[row] for row in order["item"]],
        **{f"orders_{column}": list(order[name]) for column, name in _SAME},
    }


_SAME = (
    *(("order_number", "number"), ("customer", "customer"), ("quantity", "quantity"), ("unit_price", "price")),
    *(("order_total", "total"), ("ordered", "placed"), ("due", "due"), ("order_status", "status")),
    *(("ship_city", "city"), ("carrier", "carrier"), ("tracking", "tracking"), ("order_note", "note")),
    *(("priority", "priority"), ("true_due", "true_due")),
)
"""Columns of orders, and the fields of the model that they show."""
