"""The environment: a desk with office software, and one task to be done at it."""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces

from ...core.chance import Chance
from ...core.env import Env, check_discrete
from ...core.episode import Episode
from ...core.errors import InvalidAction, VerifierFault, shown
from ...core.judge import Verdict
from ...core.options import choice, whole
from ...core.truth import Truth, View
from . import flat, strings
from .apps import OFFICES
from .dice import Dice
from .generate import Choice, check_choice, chosen, instance
from .grading import graded
from .picture import as_image, as_text
from .schema import Office
from .skin import VARIANTS, manner, skin_of
from .space import truth_space
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
    """Do a task in the software of a company, whose true state only the verifier sees.

    ## Description
    A company's software is open on a desk: mail, calendar, orders, ledger and policies, all projections of what has
    happened in the company. The goal says in words what is asked. The agent sees one page at a time and clicks, types
    and chooses as a person would; then it submits an answer, or gives up and says why. The verifier looks at the true
    state: at what should have changed, and at every cell that should not.

    ## Action Space
    * `observation="flat"` or `"dict"`: `MultiDiscrete([7, 48, 21])`: a verb (noop, click, fill, copy, back, answer,
      give up), an element by its place on the screen, and an argument: 8 words of the goal, 4 copied texts, 8 literals
      (nothing, five statuses of giving up, 1, 2 and so on). Verbs ignore what they don't need.
    * `"text"`: `Text(4000)`, one call as BrowserGym writes it: `click('12')`, `fill('12', 'Anna')`,
      `select_option('12', 'Open')`, `go_back()`, `goto('app://mail')`, `noop()`, `send_msg_to_user('answer')`,
      `report_infeasible('not_found_error: why')`. Strings are parsed and never executed.

    What can't be done (an element that is missing, covered or disabled, a string that means nothing) costs the turn,
    changes nothing and is said in the next observation.

    ## Observation Space
    * `"flat"`: `Box(-128, 127, (n,), int8)`: 48 elements (role, state, hash of the label shown, up to four texts as
      hashes with whether they equal a word of the goal or a copied text), then goal, clipboard, message, title, time.
    * `"dict"`: `screen` as above and `action_mask` (`MultiBinary`, the verbs, elements and arguments of use, one after
      the other, as `action_masks()` gives them).
    * `"text"`: `Dict` of `Text`: `goal`, `axtree_txt` (accessibility tree), `last_action`, `last_action_error`.

    ## Starting State
    The first app's first page. Company, task and skin are drawn from the split.

    ## Rewards
    1 for a submission that the verifier calls a success, else 0.

    ## Episode End
    A submission terminates the episode. It is truncated after `max_turns` turns; by default about 2.5 times what a
    person who knows the software needs for the longest of the tasks.

    ## Information
    Empty.

    ## Hidden State
    Every column of the company's software: what a page does not show, what is shown wrongly, and what is never shown;
    what others are going to do; what the principal answers when asked; the task's solution and bait.

    ## Arguments
    * `template`: a name, or `"all"` for all that the split deals. Each has an id of its own.
    * `split`: `"train"`, `"val"`, `"test_iid"`, or one of the tests, which move one axis away from training:
      `"test_content"` (names), `"test_skin"`, `"test_words"`, `"test_layout"`, `"test_workflow"`, `"test_app"` (twin
      apps; a template stands for its twin), `"test_occupation"` (templates of occupation groups that are never
      trained on); `"test_all"` moves all. `"all"` deals everything, and with `template="all"` all of the main office.
      A template that the split does not deal, itself or by its twin, is refused. None is `"train"`, or for a template
      that is never trained on the test that deals it.
    * `size`: `"small"` or `"full"` (hundreds of mails, orders and documents).
    * `observation`: `"flat"`, `"dict"` or `"text"`.
    * `level`: how much of target, value and path the goal tells, from 1 (all) to 4 (part of it is somebody else's
      knowledge); 0 for any that a template has.
    * `weights`: how templates are drawn: `"equal"`, or `"wage_bill"` by what their occupation group earns.
    * `skin`: a number in [0, 32**4), or None for those of the split.
    * `max_turns`, `render_mode` (None, `"ansi"`, `"rgb_array"`).

    ## Reference Scores
    Both oracles 1, doing nothing 0. The tests hold this for every template, size and level, over skins.

    ## References
    Action and observation names: BrowserGym (de Chezelles et al., "The BrowserGym Ecosystem for Web Agent Research",
    2024). Statuses: WebArena-Verified. Weights: US Bureau of Labor Statistics, OEWS May 2024.

    ## Version History
    * v0: initial version.
    """

    family = "desktop"
    generator = 0
    metadata: dict[str, Any] = {"render_modes": ["ansi", "rgb_array"], "render_fps": 4}
    office: ClassVar[Office]

    def __init__(
        self,
        template: str = "all",
        split: str | None = None,
        size: str = "small",
        observation: str = "flat",
        level: int = 0,
        weights: str = "equal",
        skin: int | None = None,
        max_turns: int | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.observed = choice("observation", observation, OBSERVATIONS)
        names, split = chosen(template, split)
        self._choice = Choice(
            names,
            split,
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
        return instance(self._choice, chance.word())

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
