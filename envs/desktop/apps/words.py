"""Words that several apps use, and those of the software's messages. The usual word comes first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ["MESSAGES", "SHARED", "with_shared"]

Words = Mapping[str, tuple[str, ...]]

SHARED: dict[str, tuple[str, ...]] = {
    "none": ("None", "Nothing", "Unassigned", "Nil"),
    "open": ("Pending", "Outstanding", "Waiting", "Undealt with"),
    "on_hold": ("On hold", "Held", "Suspended", "In abeyance"),
    "cancelled": ("Cancelled", "Called off", "Dropped", "Annulled"),
    "hold": ("Put on hold", "Hold", "Suspend", "Stay"),
    "release": ("Release", "Take off hold", "Resume", "Lift the hold"),
    "note": ("Note", "Comment", "Annotation", "Memorandum"),
    "order": ("Order", "Sales order", "Customer order", "Commission"),
    "invoice": ("Invoice", "Sales invoice", "Invoice to customer", "Reckoning"),
    "credit": ("Credit", "Credits", "Crediting", "Credit given"),
}
"""Concepts of more than one app. An office has one set of words a concept, so they must not differ."""

MESSAGES: dict[str, tuple[str, ...]] = {
    "done": ("Carried out", "Completed", "It is done", "Executed"),
    "saved": ("Saved", "Changes saved", "Recorded", "Put on record"),
    "sent": ("Sent", "Mailed", "Dispatched", "Sent off"),
    "undone": ("Undone", "Last change taken back", "Reverted", "Rolled back"),
    "unchanged": ("Nothing has changed", "No changes to save", "Already so", "As it was"),
    "not_allowed": ("Not allowed", "This can't be done now", "Not possible in this state", "Impermissible"),
    "taken": ("Already taken", "Already booked", "Not free", "Bespoken"),
    "missing": ("Please fill in", "Required field", "This field is empty", "To be supplied"),
    "not_understood": ("Not understood", "Invalid entry", "Can't be read", "Unintelligible"),
    "unknown_name": ("Unknown", "No such name", "Not on file", "Unheard of"),
    "ambiguous_name": ("Several of that name", "More than one match", "Not unique", "Ambiguous"),
    "out_of_range": ("Out of range", "Value too high or too low", "Outside the limits", "Beyond bounds"),
    "in_past": ("Lies in the past", "Too late for that", "Date has passed", "Bygone date"),
    "too_long": ("Too long", "Text exceeds the limit", "Please shorten", "Overlong"),
}
"""What software answers to a command, by code: one of the first four when it was carried out, else why not."""


def with_shared(own: Words, shared: Iterable[str]) -> Words:
    """An app's own words, and those of `shared` concepts."""
    return {**own, **{concept: SHARED[concept] for concept in shared}}
