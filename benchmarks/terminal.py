"""What games and tasks by hand share at a terminal: ids and lines that a person types, and verdicts in words."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence

from rich.console import Console

from ..core.errors import UnknownOption
from ..core.judge import Verdict

__all__ = ["named", "reader", "tell"]


def named(id: str) -> str:
    """The id in ``module:id``, once the module has been imported, from the current folder too; any other id as it is.

    Raises:
        UnknownOption: There is no such module, or it can't be imported.
    """
    module, colon, name = id.partition(":")
    if not colon:
        return id
    sys.path.insert(0, "")
    try:
        importlib.import_module(module)
    except (Exception, SystemExit) as error:  # anything may go wrong in somebody's module
        raise UnknownOption(f"cannot import the module of {id!r}: {type(error).__name__}: {error}") from error
    return name


def reader(prompt: str = "> ", words: Sequence[str] = ()) -> Callable[[], str]:
    """Reads lines of standard input; at a terminal with a history, and a search over `words`. EOFError at its end."""
    if not sys.stdin.isatty():
        return _next_line
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import FuzzyWordCompleter

    completer = FuzzyWordCompleter(list(words)) if words else None
    session: PromptSession[str] = PromptSession(completer=completer, complete_while_typing=bool(words))
    return lambda: session.prompt(prompt)


def _next_line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def tell(verdict: Verdict, console: Console, more: str = "") -> None:
    """A verdict and its checks; `more` ends its first line."""
    style, word = ("green", "Success") if verdict.success else ("red", "No success")
    console.print(f"[{style} bold]{word}[/], score {verdict.score:.2f}{more}.", highlight=False)
    width = max(map(len, verdict.checks), default=0)
    for name, value in verdict.checks.items():
        console.print(f"  {name:<{width}}  {value:g}", markup=False, highlight=False)
