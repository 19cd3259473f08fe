"""The calendar: meetings of the company's people, and the rooms they take."""

from __future__ import annotations

from typing import Any

from ..company.model import MEETING_STATES, ROOMS, Company
from ..dice import Dice
from ..schema import Action, App, Column, Command, DetailView, Field, FormView, Link, ListView, Table
from ..store import Draft, Refused
from .checks import Given, day, line, number, option, record, records, write
from .mail import writer
from .words import with_shared

__all__ = ["CALENDAR", "PERIODS", "rows"]

PERIODS = ("past", "coming")
PAST, COMING = range(2)
PLANNED, CANCELLED, TENTATIVE = range(3)
SHORTEST, LONGEST = 5, 8 * 60
"""Minutes of a meeting."""

_EVENTS = Table(
    "events",
    "title",
    (
        Column("title", "text"),
        Column("day", "date"),
        Column("start", "time"),
        Column("length", "int", doc="minutes taken"),
        Column("organiser", "ref", "people"),
        Column("attendees", "refs", "people", doc="who is invited, without the organiser,"),
        Column("room", "enum", ROOMS),
        Column("state", "enum", MEETING_STATES),
        Column("notes", "text"),
        Column("period", "enum", PERIODS, doc="whether before today"),
    ),
)


# -- commands ----------------------------------------------------------------------------------------------------------
def _when(draft: Draft, given: Given, row: int = -1) -> dict[str, int]:
    """Day, start, length and room, if no other meeting has the room then."""
    cells = {
        "day": day(draft, given, "day"),
        "start": number(given, "start", 0, 24 * 60 - 1),
        "length": number(given, "length", SHORTEST, LONGEST),
        "room": option(ROOMS, given, "room", "none"),
    }
    end = cells["start"] + cells["length"]
    if end > 24 * 60:
        raise Refused("out_of_range", "length")
    if cells["room"]:
        for other in draft.find("events", "day", cells["day"]):
            has = {name: draft.get("events", other, name) for name in ("start", "length", "room", "state")}
            meets = has["start"] < end and cells["start"] < has["start"] + has["length"]
            if other != row and meets and has["room"] == cells["room"] and has["state"] != CANCELLED:
                raise Refused("taken", "room")
    return cells


def _create(draft: Draft, given: Given) -> None:
    title, organiser = line(given, "title"), writer(draft)
    attendees = records(draft, given, "attendees", "people", required=False)
    draft.add(
        "events",
        title=title,
        organiser=organiser,
        attendees=tuple(row for row in attendees if row != organiser),
        state=PLANNED,
        notes="",
        period=COMING,
        **_when(draft, given),
    )


def _standing(draft: Draft, given: Given) -> int:
    """The row of a meeting that lies ahead and has not been cancelled."""
    row = record(draft, given, "id", "events")
    if draft.get("events", row, "state") == CANCELLED:
        raise Refused("not_allowed")
    if draft.get("events", row, "day") < draft.today:
        raise Refused("in_past")
    return row


def _change(draft: Draft, given: Given) -> None:
    row = _standing(draft, given)
    write(draft, "events", row, **_when(draft, given, row))


def _cancel(draft: Draft, given: Given) -> None:
    write(draft, "events", _standing(draft, given), state=CANCELLED)


def _invite(draft: Draft, given: Given) -> None:
    row, more = _standing(draft, given), records(draft, given, "attendees", "people")
    invited, organiser = draft.get("events", row, "attendees"), draft.get("events", row, "organiser")
    write(draft, "events", row, attendees=invited + tuple(p for p in more if p not in (*invited, organiser)))


# -- pages -------------------------------------------------------------------------------------------------------------
_AT = (Field("day", "date", default="day"), Field("start", "time", default="start"))
_FOR = (Field("length", "int", default="length"), Field("room", "enum", ROOMS, default="room"))
_VIEWS = (
    ListView(
        "agenda",
        "events",
        ("title", "day", "start", "room", "organiser"),
        opens="event",
        where=(("period", (COMING,)), ("state", (PLANNED, TENTATIVE))),
        sort="day start",
        filters=("room",),
        search=("title", "organiser", "attendees"),
        new="new_event",
    ),
    ListView(
        "all_events",
        "events",
        ("title", "day", "start", "state", "organiser"),
        opens="event",
        sort="-day -start",
        filters=("state",),
        search=("title", "organiser", "attendees"),
        new="new_event",
    ),
    DetailView(
        "event",
        "events",
        ("title", "day", "start", "length", "organiser", "attendees", "room", "state", "notes"),
        actions=(
            Action("change_event", form="change_event"),
            Action("invite", form="invite"),
            Action("cancel_event", "event_cancel"),
        ),
        links=(
            Link("organiser_meetings", "all_events", "attendees", via="organiser"),
            Link("organiser_called", "all_events", "organiser", via="organiser"),
        ),
    ),
    FormView(
        "new_event",
        "event_create",
        (
            Field("title", "text"),
            Field("day", "date"),
            Field("start", "time"),
            Field("length", "int"),
            Field("attendees", "refs", "people", key="address", required=False),
            Field("room", "enum", ROOMS, required=False),
        ),
    ),
    FormView("change_event", "event_change", (*_AT, *_FOR), about="events"),
    FormView("invite", "event_invite", (Field("attendees", "refs", "people", key="address"),), about="events"),
)
_COMMANDS = (
    Command("event_create", _create, reversible=False, done="saved"),
    Command("event_change", _change, done="saved"),
    Command("event_cancel", _cancel, severity=3, confirm=True),
    Command("event_invite", _invite, done="saved"),
)

_WORDS = {
    "calendar": ("Calendar", "Diary", "Schedule", "Almanac"),
    "agenda": ("Agenda", "Upcoming", "Coming up", "Docket"),
    "all_events": ("All events", "All meetings", "Every event", "Whole diary"),
    "event": ("Event", "Calendar entry", "Meeting details", "Engagement"),
    "new_event": ("New event", "New meeting", "Schedule a meeting", "Convene"),
    "change_event": ("Change event", "Reschedule", "Edit meeting", "Amend engagement"),
    "invite": ("Invite people", "Add people", "Invite", "Summon"),
    "cancel_event": ("Cancel event", "Cancel meeting", "Call it off", "Rescind"),
    "title": ("Title", "Topic", "What", "Heading"),
    "day": ("Day", "Date", "On which day", "Day of the month"),
    "start": ("Start", "Begins", "From", "Commences"),
    "length": ("Length", "Duration", "Minutes", "Span"),
    "organiser": ("Organiser", "Host", "Called by", "Convenor"),
    "attendees": ("Attendees", "Participants", "Guests", "Those present"),
    "room": ("Room", "Meeting room", "Venue", "Chamber"),
    "state": ("State", "Status", "Condition", "Standing"),
    "notes": ("Notes", "Remarks", "Details", "Jottings"),
    "period": ("Period", "Past or coming", "Before or after today", "Tense"),
    "past": ("Past", "Over", "Finished", "Bygone"),
    "coming": ("Ahead", "Still to come", "In the future", "Forthcoming"),
    "planned": ("Planned", "Scheduled", "Arranged", "Appointed"),
    "tentative": ("Tentative", "Provisional", "Maybe", "Pencilled in"),
    "organiser_meetings": ("Organiser's meetings", "Organiser attends", "Host's other dates", "Host's attendances"),
    "organiser_called": ("Called by organiser", "Also organised", "Host's own meetings", "Host's convocations"),
    **{
        name: tuple(f"{name.title()}{kind}" for kind in ("", " room", " meeting room", " chamber"))
        for name in ROOMS[1:]
    },
}
CALENDAR = App("calendar", (_EVENTS,), _VIEWS, _COMMANDS, with_shared(_WORDS, ("none", "cancelled")))


# -- the projection of the log -----------------------------------------------------------------------------------------
def rows(company: Company, dice: Dice) -> dict[str, list[Any]]:
    """The columns of events."""
    if not company.meetings:
        return {f"events_{column.name}": [] for column in _EVENTS.columns}
    title, days, start, length, organiser, attendees, room, state, notes = map(
        list, zip(*company.meetings, strict=True)
    )
    return {
        "events_title": title,
        "events_day": days,
        "events_start": start,
        "events_length": length,
        "events_organiser": organiser,
        "events_attendees": attendees,
        "events_room": room,
        "events_state": state,
        "events_notes": notes,
        "events_period": [COMING if when >= company.today else PAST for when in days],
    }
