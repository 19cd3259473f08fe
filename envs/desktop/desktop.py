"""The environment: a desk with office software, and one task to be done at it."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from ...core.chance import Chance
from ...core.env import Env, check_discrete
from ...core.episode import Episode
from ...core.errors import InvalidAction, shown
from ...core.judge import Verdict
from ...core.options import choice, whole
from ...core.truth import Truth, View
from . import flat, strings
from .apps import OFFICES
from .dice import Dice
from .generate import Choice, check_choice, deal
from .grading import graded
from .picture import as_image, as_text
from .schema import Office
from .skin import VARIANTS, manner, skin_of
from .space import truth_space
from .splits import SPLITS
from .store import AGENT, Desk, Entry, Order, Refused, apply, commit, desk_class, undone
from .tasks import TEMPLATES
from .tree import UI, Tree, render
from .twins import shuffled
from .ui import ASKED, UNDO, Event, opened, press, settled

__all__ = ["OBSERVATIONS", "Desktop"]

OBSERVATIONS = ("flat", "dict", "text")
SIZES = ("small", "full")


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


class Desktop(Env):
    """Docstring follows."""

    family = "desktop"
    generator = 0
    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    office: ClassVar[Office]

    def __init__(
        self,
        template: str = "all",
        split: str = "train",
        size: str = "small",
        observation: str = "flat",
        level: int = 0,
        weights: str = "equal",
        skin: int | None = None,
        max_turns: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.observed = choice("observation", observation, OBSERVATIONS)
        names = _templates(template, split)
        self._choice = Choice(
            names,
            choice("split", split, SPLITS),
            choice("size", size, SIZES),
            whole("level", level, 0, 4),
            choice("weights", weights, ("equal", "wage_bill")),
            -1 if skin is None else whole("skin", skin, 0, VARIANTS**4 - 1),
        )
        check_choice(self._choice)
        self.office = OFFICES[TEMPLATES[names[0]].office]  # type: ignore[misc]
        self.truth_type = desk_class(self.office)  # type: ignore[misc]
        self.truth_space = truth_space(self.office)
        budget = max(TEMPLATES[name].budget[size] for name in names)
        self.max_turns = budget if max_turns is None else whole("max_turns", max_turns, 1, 10_000)
        super().__init__(render_mode)
        self.observation_space, self.action_space = _spaces(self.observed)
        self._ui, self._tree, self._said, self._last = opened(self.office), Tree("", ()), "", ""

    # -- hidden state ----------------------------------------------------------------------------------------------
    def initial(self, chance: Chance) -> Truth:
        """Deal a company and a task."""
        return deal(self._choice, Dice(chance.word()))

    def resample(self, truth: Truth, party: str, chance: Chance) -> Truth:
        """The same screen and goal over another state: what the first page does not show is shuffled."""
        assert isinstance(truth, Desk)
        return shuffled(truth, Dice(chance.word()))

    def transition(self, truth: Truth, action: Move, chance: Chance) -> Truth:
        """Let the agent's command and then the others' act on the state."""
        assert isinstance(truth, Desk)
        now = truth.but(tick=truth.tick + 1, status=("", "", -1))
        if action.ended[0]:
            return now.but(ended=action.ended)
        if action.order is not None:
            now = _obeyed(now, action.order)
        for tick, actor, order in now.agenda:
            if tick == now.tick:
                now = _done_by(now, order, actor)
        return now

    # -- public state ----------------------------------------------------------------------------------------------
    def begin(self, view: Any) -> None:
        """Open the first app."""
        self._ui, self._last, self._said = opened(self.office), "", ""
        self._flat = flat.Flat(view.goal, view.slots)
        self._look(view)

    def turn(self, view: Any, action: Move, noise: Chance) -> tuple[float, bool]:
        """Show what has come of the action. A submission is graded and ends the episode."""
        if action.ended[0]:
            self._ui = action.ui
            return view.graded(), True
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
        app_of = self.office.app_of

        def read(query: tuple[Any, ...]) -> Any:
            return getattr(view, app_of[query[1]])(query)

        self._tree = render(self.office, skin_of(view.skin), read, self._ui, view.said, view.today)

    def observation(self, view: Any) -> Any:
        """The screen, in the form chosen."""
        if self.observed == "text":
            return self._in_words(view)
        code = self._ui.note[0]
        screen = self._flat(self._tree, self._ui, code, self._world.turn / self.max_turns)  # type: ignore[operator]
        if self.observed == "flat":
            return screen
        return {"screen": screen, "action_mask": flat.masks(self._tree, self._ui, view.slots)}

    def _in_words(self, view: Any) -> dict[str, str]:
        return {
            "axtree_txt": strings.axtree(self._tree),
            "goal": view.goal,
            "last_action": self._last,
            "last_action_error": self._said or strings.ERRORS.get(self._ui.error, ""),
        }

    def mask(self, view: Any) -> npt.NDArray[np.int8] | None:
        """Which verbs, elements and arguments are of use; None for texts."""
        return None if self.observed == "text" else flat.masks(self._tree, self._ui, view.slots)

    def render(self) -> Any:
        """The screen for people: text for ``ansi``, a picture for ``rgb_array``."""
        if self.render_mode is None:
            return None
        view: Any = self._own_view()
        text = as_text(view.goal, self._tree, strings.ERRORS.get(self._ui.error, ""))
        return text if self.render_mode == "ansi" else as_image(text, manner(skin_of(view.skin)))

    # -- actions -----------------------------------------------------------------------------------------------------
    def _checked(self, action: Any) -> Move:
        """The action, understood on the screen as it is; InvalidAction outside the action space."""
        meant: Any
        view: Any = self._own_view()
        self._said = ""
        if self.observed == "text":
            meant = self._parsed(action)
        else:
            meant = flat.act(_three(action), view.slots, self._ui.clip)
        if isinstance(meant, str):
            return Move(self._ui._replace(error=meant))
        if isinstance(meant, Event):
            return Move(*press(self.office, skin_of(view.skin), self._tree, self._ui, meant))
        return Move(self._ui, None, meant)

    def _parsed(self, action: Any) -> Any:
        """A text as an event or a submission; an error code where it means nothing."""
        if not isinstance(action, str) or not 1 <= len(action) <= strings.LONGEST:
            kind = f"{len(action)} characters" if isinstance(action, str) else type(action).__name__
            raise InvalidAction(f"expected a text of 1 to {strings.LONGEST} characters, got {kind}")
        if not strings.CHARACTERS.issuperset(action):
            raise InvalidAction("expected printable ASCII characters only; write others in words")
        self._last = action
        try:
            return strings.parse(action)
        except strings.Malformed as error:
            self._said = str(error)
            return "malformed"

    # -- verdict -----------------------------------------------------------------------------------------------------
    @staticmethod
    def verify(view: View, episode: Episode) -> Verdict:
        """What has become of the state, the answer, and everything that should have stayed as it was."""
        task = dict(view.task)
        office = OFFICES[TEMPLATES[task["template"]].office]
        return graded(desk_class(office).made(**view.fields()))


def _templates(template: Any, split: str) -> tuple[str, ...]:
    """The names of the templates that are dealt."""
    names = [name for name, one in TEMPLATES.items() if one.office == "office"]
    name = choice("template", template, ("all", *TEMPLATES))
    chosen = names if name == "all" else [name]
    if split == "test_app":
        chosen = [TEMPLATES[name].twin for name in chosen if TEMPLATES[name].twin] or chosen
    return tuple(chosen)


def _spaces(observed: str) -> tuple[spaces.Space[Any], spaces.Space[Any]]:
    if observed == "text":
        return strings.observation_space(), strings.action_space()
    actions = spaces.MultiDiscrete([len(flat.VERBS), flat.ELEMENTS, flat.ARGUMENTS])
    return flat.spaces_of(observed == "dict"), actions


def _three(action: Any) -> tuple[int, int, int]:
    """An action of the MultiDiscrete space as ints."""
    sizes = len(flat.VERBS), flat.ELEMENTS, flat.ARGUMENTS
    if isinstance(action, np.ndarray) and action.shape == (3,) and action.dtype.kind in "iu":
        action = action.tolist()
    if not isinstance(action, (tuple, list)) or len(action) != 3:
        raise InvalidAction(f"expected three integers below {sizes}, got {shown(action)}")
    a, b, c = (check_discrete(one, n) for one, n in zip(action, sizes, strict=True))
    return a, b, c


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
