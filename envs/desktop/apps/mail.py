"""Mail: the principal's letters, and the address book."""

from __future__ import annotations

from typing import Any

from ..company.letters import threads
from ..company.model import LABELS, Company
from ..dice import Dice
from ..schema import Action, App, Column, Command, DetailView, Field, FormView, Link, ListView, Table
from ..store import AGENT, Draft, Refused
from .checks import Given, flag, line, option, passage, record, write
from .words import with_shared

__all__ = ["FOLDERS", "MAIL", "MORNING", "rows"]

FOLDERS = ("inbox", "sent", "archive", "trash", "drafts")
INBOX, SENT, ARCHIVE, TRASH, _ = range(len(FOLDERS))
MORNING = 8 * 60
"""Minute at which an episode begins. A step takes one."""
RECENT = 7
"""Days after which mail has been put away."""

_PEOPLE = Table(
    "people",
    "name",
    (
        Column("name", "text", doc="first and last name"),
        Column("address", "text", doc="mail address, unique"),
        Column("phone", "text"),
        Column("role", "text"),
        Column("firm", "text", doc="name of the firm"),
        Column("city", "text"),
        Column("own_card", "bool", doc="whether this is the one the agent works for"),
    ),
)
_MAILS = Table(
    "mails",
    "subject",
    (
        Column("subject", "text"),
        Column("sender", "ref", "people"),
        Column("recipient", "ref", "people"),
        Column("copy", "ref", "people", doc="who got a copy"),
        Column("sent", "date", doc="day of sending"),
        Column("clock", "time", doc="time of sending"),
        Column("body", "text"),
        Column("folder", "enum", FOLDERS),
        Column("label", "enum", LABELS, doc="label given"),
        Column("unread", "bool", write="benign"),
        Column("flagged", "bool"),
        Column("thread", "int", shown=False, doc="conversation"),
        Column("true_label", "enum", LABELS, shown=False, doc="right label"),
        Column("concerns", "ref", "orders", shown=False, doc="order spoken of"),
    ),
)


# -- commands ----------------------------------------------------------------------------------------------------------
def me(draft: Draft) -> int:
    """Row of the one the agent works for."""
    return draft.find("people", "own_card", True)[0]


def writer(draft: Draft) -> int:
    """Row of who gives the command: of the agent, whom it works for; of others by mail address, else by name."""
    if draft.actor == AGENT:
        return me(draft)
    rows = draft.find("people", "address", draft.actor) or draft.find("people", "name", draft.actor)
    if len(rows) != 1:
        raise Refused("ambiguous_name" if rows else "unknown_name")
    return rows[0]


def _post(
    draft: Draft, recipient: int, subject: str, body: str, copy: int = -1, thread: int = -1, **about: int
) -> None:
    """Put a mail where the principal finds it."""
    sender, own = writer(draft), me(draft)
    if own not in (sender, recipient, copy):
        raise Refused("not_allowed")
    mine = sender == own
    draft.add(
        "mails",
        subject=subject,
        sender=sender,
        recipient=recipient,
        copy=copy,
        sent=draft.today,
        clock=min(MORNING + draft.tick, 24 * 60 - 1),
        body=body,
        folder=SENT if mine else INBOX,
        label=0,
        unread=not mine,
        flagged=False,
        thread=draft.size("mails") if thread < 0 else thread,
        **{"true_label": 0, "concerns": -1, **about},
    )


def _send(draft: Draft, given: Given) -> None:
    recipient = record(draft, given, "recipient", "people")
    copy = record(draft, given, "copy", "people", required=False)
    _post(draft, recipient, line(given, "subject"), passage(given, "body"), copy if copy != recipient else -1)


def _answered(draft: Draft, given: Given, prefix: str) -> tuple[int, str, dict[str, int]]:
    """A mail, the subject of what follows it, and what that has in common with it."""
    row = record(draft, given, "id", "mails")
    subject = draft.get("mails", row, "subject")
    subject = subject if subject.startswith(prefix) else prefix + subject
    return row, subject, {name: draft.get("mails", row, name) for name in ("thread", "true_label", "concerns")}


def _reply(draft: Draft, given: Given) -> None:
    row, subject, common = _answered(draft, given, "Re: ")
    sender, recipient = (draft.get("mails", row, name) for name in ("sender", "recipient"))
    _post(draft, recipient if sender == writer(draft) else sender, subject, passage(given, "body"), **common)


def _forward(draft: Draft, given: Given) -> None:
    row, subject, common = _answered(draft, given, "Fwd: ")
    recipient, note = record(draft, given, "recipient", "people"), passage(given, "body", required=False)
    sender = draft.get("people", draft.get("mails", row, "sender"), "name")
    quoted = f"--- Forwarded message from {sender} ---\n{draft.get('mails', row, 'body')}"
    _post(draft, recipient, subject, f"{note}\n\n{quoted}" if note else quoted, **common)


def _move(draft: Draft, given: Given) -> None:
    row, folder = record(draft, given, "id", "mails"), option(FOLDERS, given, "folder")
    home = SENT if draft.get("mails", row, "sender") == me(draft) else INBOX
    if folder not in (home, ARCHIVE, TRASH):
        raise Refused("not_allowed", "folder")
    write(draft, "mails", row, folder=folder)


def _label(draft: Draft, given: Given) -> None:
    write(draft, "mails", record(draft, given, "id", "mails"), label=option(LABELS, given, "label"))


def _flag(draft: Draft, given: Given) -> None:
    row = record(draft, given, "id", "mails")
    write(draft, "mails", row, flagged=flag(given, "flagged", not draft.get("mails", row, "flagged")))


def _read(draft: Draft, given: Given) -> None:
    draft.set("mails", record(draft, given, "id", "mails"), unread=False)


# -- pages -------------------------------------------------------------------------------------------------------------
def _folder(name: str, who: str, folder: int, *more: str) -> ListView:
    return ListView(
        name,
        "mails",
        ("subject", who, "sent", *more),
        opens="message",
        where=(("folder", (folder,)),),
        sort="-sent -clock",
        filters=("label",),
        search=("subject", who, "body"),
        new="compose",
    )


_LABELLED = LABELS[1:]
_VIEWS = (
    _folder("inbox", "sender", INBOX, "unread", "label"),
    _folder("sent", "recipient", SENT, "label"),
    _folder("archive", "sender", ARCHIVE, "label"),
    _folder("trash", "sender", TRASH, "label"),
    ListView(
        "contacts",
        "people",
        ("name", "firm", "address", "city", "role"),
        opens="contact",
        sort="name firm",
        search=("name", "firm", "address"),
    ),
    DetailView(
        "message",
        "mails",
        ("subject", "sender", "recipient", "copy", "sent", "clock", "body", "folder", "label", "flagged"),
        actions=(
            Action("reply", form="reply"),
            Action("forward", form="forward"),
            Action("archive", "mail_move", sets=(("folder", "archive"),)),
            Action("trash", "mail_move", sets=(("folder", "trash"),)),
            Action("to_inbox", "mail_move", sets=(("folder", "inbox"),)),
            Action("flag", "mail_flag"),
            *(Action(f"label_{name}", "mail_label", sets=(("label", name),)) for name in _LABELLED),
        ),
        links=(Link("sender_card", "contact", via="sender"), Link("more_from_sender", "inbox", "sender", via="sender")),
        marks="mail_read",
    ),
    DetailView(
        "contact",
        "people",
        ("name", "address", "phone", "role", "firm", "city", "own_card"),
        links=(
            Link("their_mail", "inbox", "sender"),
            Link("mail_to_them", "sent", "recipient"),
            Link("meetings_joined", "all_events", "attendees"),
            Link("meetings_called", "all_events", "organiser"),
        ),
    ),
    FormView(
        "compose",
        "mail_send",
        (
            Field("recipient", "ref", "people", key="address"),
            Field("copy", "ref", "people", key="address", required=False),
            Field("subject", "text"),
            Field("body", "text"),
        ),
    ),
    FormView("reply", "mail_reply", (Field("body", "text"),), about="mails"),
    FormView(
        "forward",
        "mail_forward",
        (Field("recipient", "ref", "people", key="address"), Field("body", "text", required=False)),
        about="mails",
    ),
)
_COMMANDS = (
    Command("mail_send", _send, severity=5, reversible=False, confirm=True, done="sent"),
    Command("mail_reply", _reply, severity=5, reversible=False, confirm=True, done="sent"),
    Command("mail_forward", _forward, severity=5, reversible=False, confirm=True, done="sent"),
    Command("mail_move", _move),
    Command("mail_label", _label),
    Command("mail_flag", _flag),
    Command("mail_read", _read, reversible=False),
)

_WORDS = {
    "mail": ("Mail", "E-mail", "Messages", "Correspondence"),
    "inbox": ("Inbox", "Incoming", "Received", "In-tray"),
    "sent": ("Sent", "Mailed", "Dispatched", "Sent off"),
    "archive": ("Archive", "File away", "Keep", "Repository"),
    "trash": ("Trash", "Bin", "Deleted", "Wastebasket"),
    "drafts": ("Drafts", "Unfinished", "In progress", "Rough copies"),
    "message": ("Message", "E-mail message", "Letter", "Missive"),
    "contacts": ("Contacts", "Address book", "Directory", "Card index"),
    "contact": ("Contact", "Person", "Contact details", "Index card"),
    "compose": ("New message", "Compose", "Write mail", "Pen a letter"),
    "reply": ("Reply", "Answer", "Respond", "Write back"),
    "forward": ("Forward", "Pass on", "Send on", "Relay"),
    "name": ("Name", "Full name", "First and last name", "Styled"),
    "address": ("Mail address", "E-mail address", "Electronic address", "Mailbox"),
    "phone": ("Phone", "Telephone", "Phone number", "Dial"),
    "role": ("Role", "Job title", "Position", "Capacity"),
    "firm": ("Company", "Firm", "Organisation", "Business house"),
    "city": ("City", "Town", "Place", "Seat"),
    "own_card": ("My card", "This is me", "Your own entry", "Principal"),
    "subject": ("Subject", "Regarding", "About", "Heading"),
    "sender": ("From", "Sender", "Author", "Originator"),
    "recipient": ("To", "Recipient", "Send to", "Addressee"),
    "copy": ("Copy to", "Cc", "Also to", "Carbon copy"),
    "clock": ("Time", "Time of day", "Hour", "O'clock"),
    "body": ("Text", "Message text", "Content", "Wording"),
    "folder": ("Folder", "Kept in", "Mail folder", "Tray"),
    "label": ("Label", "Category", "Tag", "Rubric"),
    "unread": ("Unread", "Not read yet", "New to you", "Unopened"),
    "flagged": ("Flagged", "Starred", "Marked", "Earmarked"),
    "complaint": ("Complaint", "Claim", "Objection", "Grievance"),
    "meeting": ("Meeting", "Appointment", "Get-together", "Conference"),
    "other": ("Other", "Miscellaneous", "Anything else", "Sundry"),
    "to_inbox": ("Move to inbox", "Put back", "Restore", "Back to the in-tray"),
    "flag": ("Flag", "Star", "Flag or unflag", "Earmark"),
    "sender_card": ("About the sender", "Sender's details", "Who sent this", "Sender's index card"),
    "more_from_sender": ("More from this sender", "Other mail from sender", "Same sender", "Sender's letters"),
    "their_mail": ("Mail from this contact", "Mail from them", "Received from them", "Their letters"),
    "mail_to_them": ("Mail to this contact", "Mail to them", "Sent to them", "Letters to them"),
    "meetings_joined": ("Meetings attended", "Takes part in", "Their appointments", "Attendances"),
    "meetings_called": ("Meetings organised", "Meetings they called", "Hosted by them", "Convocations"),
    **{
        f"label_{name}": tuple(f"{verb} {name}" for verb in ("Label as", "Mark as", "Tag as", "Class as"))
        for name in _LABELLED
    },
}
MAIL = App("mail", (_PEOPLE, _MAILS), _VIEWS, _COMMANDS, with_shared(_WORDS, ("none", "order", "invoice")))


# -- the projection of the log -----------------------------------------------------------------------------------------
def rows(company: Company, dice: Dice) -> dict[str, list[Any]]:
    """The columns of people and mails. What is over has been put away, mostly with its label."""
    _, _, names, addresses, phones, roles, _, firms, cities = map(list, zip(*company.people, strict=True))
    thread, sender, recipient, copy, day, minute, subject, body, label, kind, about = map(
        list, zip(*threads(company, dice), strict=True)
    )
    latest: dict[int, int] = {}
    kinds: dict[int, str] = {}
    for at, when, what in zip(thread, day, kind, strict=True):
        if when >= latest.get(at, when):
            latest[at] = when
        if what != "reply":
            kinds[at] = what
    stored = {at: _stored(company.today - when, kinds[at], dice) for at, when in latest.items()}
    number = {at: i for i, at in enumerate(latest)}
    otherwise = {at for at, what in kinds.items() if what in _OTHERWISE}
    own, lately, flip = company.me, company.today - 3, dice.flip
    folder = [SENT if who == own else stored[at][0] for at, who in zip(thread, sender, strict=True)]
    unread = [where == INBOX and when >= lately and flip(0.6) for where, when in zip(folder, day, strict=True)]
    labelled = [stored[at][1] and not new for at, new in zip(thread, unread, strict=True)]
    return {
        "people_name": names,
        "people_address": addresses,
        "people_phone": phones,
        "people_role": roles,
        "people_firm": firms,
        "people_city": cities,
        "people_own_card": [row == own for row in range(len(names))],
        "mails_subject": subject,
        "mails_sender": sender,
        "mails_recipient": recipient,
        "mails_copy": copy,
        "mails_sent": day,
        "mails_clock": minute,
        "mails_body": body,
        "mails_folder": folder,
        "mails_label": [right if given else 0 for right, given in zip(label, labelled, strict=True)],
        "mails_unread": unread,
        "mails_flagged": [where == INBOX and flip(0.1) for where in folder],
        "mails_thread": [number[at] for at in thread],
        "mails_true_label": label,
        "mails_concerns": [-1 if at in otherwise else row for at, row in zip(thread, about, strict=True)],
    }


_OTHERWISE = ("meeting_called", "meeting_moved", "meeting_cancelled", "minutes", "policy_issued", "newsletter")
"""Kinds of mails that are about no order."""


def _stored(age: int, kind: str, dice: Dice) -> tuple[int, bool]:
    """The folder of a conversation that was last written to `age` days ago, and whether it bears its label."""
    u = dice.unit()
    if age <= RECENT or u < 0.4:
        return INBOX, age > 3 and u < 0.2
    if kind == "newsletter" and u < 0.8:
        return TRASH, False
    return ARCHIVE, u < 0.9
