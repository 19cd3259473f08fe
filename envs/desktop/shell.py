"""Words of the shell around the apps, with what else skins may call them. The usual word comes first."""

from __future__ import annotations

__all__ = ["ASK", "SHELL_WORDS", "TOPICS"]

ASK = "ask_"
TOPICS = ("who", "which", "amount", "date", "approval", "place", "reason")
"""What the principal can be asked about. The same in every episode, so that the list tells nothing."""

_WORDS: dict[str, tuple[str, ...]] = {
    "help": ("Ask", "Questions", "Enquire", "Query desk"),
    "menu": ("Menu", "Apps", "Programs", "Launcher"),
    "back": ("Back", "Return", "Go back", "Leave page"),
    "today": ("Today", "Current day", "It is", "This day"),
    "previous": ("Previous", "Previous page", "Newer", "Page up"),
    "next": ("Next", "Next page", "Older", "Page down"),
    "count": ("Found", "Entries", "Results", "Matches"),
    "search": ("Search", "Find", "Look for", "Look up"),
    "clear": ("Clear", "Show everything", "Reset filters", "Drop filters"),
    "all": ("All", "Any", "Everything", "No filter"),
    "save": ("Save", "Submit", "Done", "Commit"),
    "cancel": ("Cancel", "Discard", "Never mind", "Abandon"),
    "continue": ("Next >", "Continue", "Forward >", "Onward"),
    "earlier": ("< Back", "Earlier", "< Previous", "Backward"),
    "open_record": ("Open", "View", "Show", "Display"),
    "confirm": ("Confirm", "Yes, go on", "OK", "Proceed"),
    "sure": ("Are you sure?", "Please confirm", "Really do this?", "This needs a second look"),
    "dismiss": ("Dismiss", "Got it", "Close", "Understood"),
    "alert": (
        "Your session is being synchronised.",
        "Backup in progress.",
        "A new version is available.",
        "Storage is being tidied.",
    ),
    "undo": ("Undo", "Take back", "Revert", "Roll back"),
    "yes": ("Yes", "On", "True", "Set"),
    "no": ("No", "Off", "False", "Not set"),
    "ask_who": ("Who is meant?", "Which person?", "Whom do you mean?", "Identify the person"),
    "ask_which": ("Which one is meant?", "Which record?", "Which of them?", "Identify the item"),
    "ask_amount": ("What amount?", "How much?", "Which sum?", "State the figure"),
    "ask_date": ("Which date?", "When?", "Which day?", "State the day"),
    "ask_approval": ("Do you approve?", "May I go ahead?", "Is that allowed?", "Request consent"),
    "ask_place": ("Which place?", "Where?", "Which location?", "State the site"),
    "ask_reason": ("What is the reason?", "Why?", "What for?", "State the cause"),
    "dont_know": ("I can't tell you more.", "I don't know.", "No idea, sorry.", "Nothing to add."),
}
SHELL_WORDS = tuple(_WORDS.items())
