"""Computer use: mock office software of one company, whose true state only the verifier sees.

What another app or task is written with is here; ``docs/desktop_walkthrough.md`` shows how.
"""

from .apps import MESSAGES, OFFICES, register_office
from .desktop import Desktop
from .grading import graded
from .hands import Hands, Stuck
from .schema import (
    Action,
    App,
    Column,
    Command,
    DetailView,
    Field,
    FormView,
    InvalidSpec,
    Link,
    ListView,
    Office,
    Table,
)
from .store import Draft, Order, Refused
from .tasks import TEMPLATES, register
from .tasks.base import Deal, Template
from .verify import Check, Outcome, Write

__all__ = [
    "MESSAGES",
    "OFFICES",
    "TEMPLATES",
    "Action",
    "App",
    "Check",
    "Column",
    "Command",
    "Deal",
    "Desktop",
    "DetailView",
    "Draft",
    "Field",
    "FormView",
    "Hands",
    "InvalidSpec",
    "Link",
    "ListView",
    "Office",
    "Order",
    "Outcome",
    "Refused",
    "Stuck",
    "Table",
    "Template",
    "Write",
    "graded",
    "register",
    "register_office",
]
