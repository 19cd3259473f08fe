"""How a desk is played: what an action does to the hidden state and to the screen.

``transition`` and ``turn`` are the specification. :meth:`Played.step` is the fast path, and the tests hold both equal:
screens are kept for an episode (:mod:`.screens`), and a turn in which nothing happens to the hidden state is only
counted. Whoever looks at the state finds it brought up to date.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.chance import Chance
from ...core.env import Env
from ...core.errors import VerifierFault
from ...core.truth import Truth, View
from . import flat, strings
from .elements import UI, Tree
from .schema import Office
from .screens import Screen, Screens
from .skin import skin_of
from .store import AGENT, Desk, Entry, Order, Refused, apply, commit, undone
from .tree import render, style_of
from .ui import ASKED, UNDO, Event, erred, opened, press, settled

__all__ = ["Move", "Played"]

QUIET = ("", "", -1)
"""What the software says where no command was given."""


class Move(NamedTuple):
    """An action, understood on the screen it was taken on.

    Attributes:
        ui: The UI after it.
        order: The command it gives, if any.
        ended: What it submits, if it does: status and answer.
    """

    ui: UI
    order: Order | None = None
    ended: tuple[str, str] = ("", "")


class Played(Env):
    """Base of desks: everything but what is dealt, how actions are written, and who judges."""

    office: Office
    observed: str

    def __init__(self, render_mode: str | None) -> None:
        super().__init__(render_mode)
        kind = type(self)
        rules = ("transition", "turn", "observation", "info")
        self._own_rules = any(getattr(kind, name) is not getattr(Played, name) for name in rules)
        self._quick = False
        """Whether the episode runs on the fast path."""
        self._behind = 0
        """Turns that have been counted and are not in the truth yet."""
        self._ui, self._said, self._last = opened(self.office), "", ""
        self._goal, self._slots = "", tuple[str, ...]()
        self._flat = flat.Flat("", ())
        self._screen = Screen.of(Tree("", ()), self._ui, self._flat)

    # -- hidden state ----------------------------------------------------------------------------------------------
    def transition(self, truth: Truth, action: Move, chance: Chance) -> Truth:
        """Let the agent's command and then the others' act on the state."""
        assert isinstance(truth, Desk)
        return self._moved(truth, truth.tick + 1, action)

    def _moved(self, truth: Desk, tick: int, action: Move) -> Desk:
        """The state after an action at `tick`, before which nothing has happened for a while."""
        now = truth.but(tick=tick, status=QUIET)
        if action.ended[0]:
            return now.but(ended=action.ended)
        if action.order is not None:
            now = _obeyed(now, action.order)
        for planned, actor, order in now.agenda:
            if planned == tick:
                now = _done_by(now, order, actor)
        return now

    # -- public state ----------------------------------------------------------------------------------------------
    def begin(self, view: Any) -> None:
        """Open the first app."""
        self._ui, self._last, self._said = opened(self.office), "", ""
        self._goal, self._slots = view.goal, view.slots
        self._style = style_of(self.office, skin_of(view.skin), view.today)
        self._flat = flat.Flat(view.goal, view.slots)
        self._screens = Screens(self._style, self._read, self._flat)
        self._quick = "step" not in vars(self) and self._world.audit is None and not self._own_rules
        truth: Any = self._world.truth
        self._tick, self._behind = truth.tick, 0
        self._busy = frozenset([*truth.alerts, *(planned[0] for planned in truth.agenda)])
        self._look(view)

    def turn(self, view: Any, action: Move, noise: Chance) -> tuple[float, bool]:
        """Show what has come of the action. A submission is graded and ends the episode."""
        if action.ended[0]:
            self._ui = action.ui
            try:
                return view.graded(), True
            except VerifierFault:
                self._world.end()  # the episode is invalid: it can't go on to another verdict
                raise
        ui = action.ui
        if action.order is not None and view.status[0]:
            ui = settled(self.office, ui, action.order, view.status)
        if view.alert() and not ui.dialog:
            ui = ui._replace(dialog=("alert",))
        self._ui = ui
        self._look(view)
        return 0.0, False

    def _look(self, view: Any) -> None:
        """Render what is on the screen now."""
        if self._quick:
            journal = self._world.truth.journal  # type: ignore[attr-defined]
            self._screen = self._screens.at(self._ui, view.said, journal)
            return
        tree = render(self.office, self._style.skin, self._read, self._ui, view.said, self._style.today)
        self._screen = Screen.of(tree, self._ui, self._flat)

    def _read(self, query: tuple[Any, ...]) -> Any:
        """What a page shows: app state reaches the screen through the view's releases only."""
        return getattr(self._world.view(self.party), self.office.app_of[query[1]])(query)

    @property
    def _tree(self) -> Tree:
        """What is on the screen."""
        return self._screen.tree

    def observation(self, view: View | None) -> Any:
        """The screen, in the form chosen."""
        if self.observed == "text":
            return {
                "axtree_txt": self._screen.words,
                "goal": self._goal,
                "last_action": self._last,
                "last_action_error": self._said or strings.ERRORS.get(self._ui.error, ""),
            }
        spent = self._world.turn / self.max_turns  # type: ignore[operator]
        screen = flat.at_time(self._screen.numbers(self._ui), self._ui.error, spent)
        if self.observed == "flat":
            return screen
        return {"screen": screen, "action_mask": self._screen.mask(self._ui, self._slots)}

    def mask(self, view: View) -> npt.NDArray[np.int8] | None:
        """Which verbs, elements and arguments are of use; None for texts."""
        return None if self.observed == "text" else self._screen.mask(self._ui, self._slots)

    # -- actions -----------------------------------------------------------------------------------------------------
    def _meant(self, action: Any) -> Any:
        """What an action means: an event, a submission ``(status, answer)``, or the code of an error.

        Raises:
            InvalidAction: The action is not in the action space; nothing has changed.
        """
        raise NotImplementedError

    def _checked(self, action: Any) -> Move:
        """The action, understood on the screen as it is; InvalidAction outside the action space."""
        return self._understood(self._meant(action))

    def _understood(self, meant: Any) -> Move:
        if isinstance(meant, str):
            return Move(erred(self._ui, meant))
        if isinstance(meant, Event):
            return Move(*press(self.office, self._style.skin, self._screen.here, self._ui, meant))
        return Move(self._ui._replace(error=""), None, meant)

    # -- the fast path: equal to the template, held so by the tests ----------------------------------------------------
    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play one action; see :meth:`infogap.core.env.Env.step`."""
        world = self._world
        if world.done or not self._quick or world.audit is not None:
            self._quick = False
            return super().step(action)
        reward, terminated, truncated = self.played(self._meant(action))
        return self.observation(None), reward, terminated, truncated, {}

    def played(self, meant: Any) -> tuple[float, bool, bool]:
        """Play what an action means: the reward, and whether the episode has been terminated or truncated."""
        world = self._world
        world.turn = turn = world.turn + 1
        self._tick = tick = self._tick + 1
        reward, terminated = 0.0, False
        idle = flat.idle(meant, self._screen.uses, self._ui) if tick not in self._busy else None
        if idle is not None:
            self._behind += 1
            if self._ui.error != idle:
                self._ui = erred(self._ui, idle)
        else:
            reward, terminated = self._done(self._understood(meant), tick)
        truncated = turn >= self.max_turns and not terminated  # type: ignore[operator]
        if terminated or truncated or world.watched:
            self._catch_up()
            if terminated or truncated:
                world.end()
        return reward, terminated, truncated

    def _done(self, move: Move, tick: int) -> tuple[float, bool]:
        """Play a move that does something, or in a turn in which something happens."""
        world, (ui, order, ended) = self._world, move
        if order is not None or ended[0] or tick in self._busy:
            self._behind = 0
            world.show(self._moved(world.truth, tick, move))  # type: ignore[arg-type]
            return self.turn(world.view(self.party), move, world.noise)
        self._behind += 1
        was, self._ui = self._ui, ui
        # Neither the clipboard nor the error is on the screen.
        if not (ui[:8] == was[:8] and ui[9:12] == was[9:12]):
            self._look(world.view(self.party))
        return 0.0, False

    def _catch_up(self) -> None:
        """Bring the truth up to date."""
        if self._behind:
            truth: Any = self._world.truth
            self._world.show(truth.but(tick=truth.tick + self._behind, status=QUIET))
            self._behind = 0

    def reset(self, *, seed: int | None = None, options: Mapping[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode; see :meth:`infogap.core.env.Env.reset`."""
        self._catch_up()
        return super().reset(seed=seed, options=options)

    def start(self, seed: int | None) -> None:
        """Start an episode that nobody looks at yet."""
        self._catch_up()
        self._world.open(seed)
        self.begin(self._own_view())

    def _own_view(self) -> View:
        self._catch_up()
        return super()._own_view()

    def _door(self, verb: str, *args: Any) -> Any:
        self._catch_up()
        self._quick = self._quick and verb != "template"
        return super()._door(verb, *args)


def _obeyed(truth: Desk, order: Order) -> Desk:
    """The state after a command of the agent, and what the software says to it."""
    if order.command == ASKED:
        topic = dict(order.arguments)["topic"]
        return truth.but(said=(*truth.said, (topic, dict(truth.answers).get(topic, ""))))
    try:
        entries = undone(truth) if order.command == UNDO else apply(truth, order, AGENT)
    except Refused as refusal:
        return truth.but(status=(refusal.code, refusal.field, -1))
    code = "undone" if order.command == UNDO else truth.office.commands[order.command].done
    return commit(truth, entries, status=(code, "", _made(entries)))


def _made(entries: tuple[Entry, ...]) -> int:
    return next((entry.row for entry in entries if entry.old is None), -1)


def _done_by(truth: Desk, order: Order, actor: str) -> Desk:
    """The state after somebody else's command; one that is refused changes nothing."""
    try:
        return commit(truth, apply(truth, order, actor))
    except Refused:
        return truth
