"""The environment: a desk with office software, and one task to be done at it."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces

from ...core.chance import Chance
from ...core.env import check_discrete
from ...core.episode import Episode
from ...core.errors import InvalidAction, ResetNeeded, VerifierFault, shown
from ...core.judge import Verdict
from ...core.options import choice, whole
from ...core.truth import Truth, View
from . import flat, strings
from .apps import OFFICES
from .dice import Dice
from .generate import Choice, check_choice, chosen, instance
from .grading import graded
from .picture import as_image, as_text
from .play import Move, Played
from .skin import VARIANTS
from .space import truth_space
from .store import Desk, desk_class
from .tasks import TEMPLATES
from .trials import trial_in_numbers, trial_in_words
from .twins import shuffled

__all__ = ["OBSERVATIONS", "Desktop", "Move"]

OBSERVATIONS = ("flat", "dict", "text")
SIZES = ("small", "full")
TWINS = 8
"""States that are shuffled at most until one can be judged."""
COUNTS = len(flat.VERBS), flat.ELEMENTS, flat.ARGUMENTS
"""Verbs, elements and arguments that numbers can name."""


class Desktop(Played):
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
    A submission terminates the episode. It is truncated after `max_turns` turns; by default two to four times what a
    person who knows the software needs for the longest of the tasks.

    ## Information
    Empty.

    ## Hidden State
    Every column of the company's software: what a page does not show, what is shown wrongly, and what is never shown;
    what others are going to do; what the principal answers when asked; the task's solution and bait.

    ## Arguments
    * `template`: a name, or `"all"` for all that ship with infogap and that the split deals. Each has an id of its own.
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
        self.office = OFFICES[TEMPLATES[names[0]].office]
        self.truth_type = desk_class(self.office)  # type: ignore[misc]
        self.truth_space = truth_space(self.office)
        budget = max(TEMPLATES[name].budget[size] for name in names)
        self.max_turns = budget if max_turns is None else whole("max_turns", max_turns, 1, 10_000)
        super().__init__(render_mode)
        self.observation_space, self.action_space = _spaces(self.observed)

    # -- hidden state ----------------------------------------------------------------------------------------------
    def initial(self, chance: Chance) -> Truth:
        """Deal a company and a task."""
        return instance(self._choice, chance.word())

    def resample(self, truth: Truth, party: str, chance: Chance) -> Truth:
        """The same screen and goal over another state: what the first page does not show is shuffled."""
        assert isinstance(truth, Desk)
        dice = Dice(chance.word())
        for _ in range(TWINS):
            twin = shuffled(truth, dice)
            if _judged(twin):
                return twin
        return truth

    def trial(self, chance: Chance) -> Any:
        """An action that does something on the screen as it is."""
        if not self._world.started:
            self._refuse_step()
        return (trial_in_words if self.observed == "text" else trial_in_numbers)(self, Dice(chance.word()))

    def render(self) -> Any:
        """The screen for people: text for ``ansi``, a picture for ``rgb_array``."""
        if self.render_mode is None:
            return None
        if not self._world.started:
            raise ResetNeeded("render() before reset(); call reset() first")
        self._own_view()  # which brings the screen up to date
        text = as_text(self._goal, self._tree, strings.ERRORS.get(self._ui.error, ""))
        return text if self.render_mode == "ansi" else as_image(text, self._style.how)

    # -- actions -----------------------------------------------------------------------------------------------------
    def _meant(self, action: Any) -> Any:
        self._said = ""
        if self.observed == "text":
            return self._parsed(action)
        return flat.act(_three(action), self._slots, self._ui.clip)

    def _parsed(self, action: Any) -> Any:
        """A text as an event or a submission; an error code where it means nothing."""
        if type(action) is not str and isinstance(action, str):
            action = str.__str__(action)  # NumPy's, say: the next observation holds a plain one
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


def _judged(truth: Desk) -> bool:
    """Whether there is a verdict; none where chance has done the task already."""
    try:
        graded(truth)
    except VerifierFault:
        return False
    return True


def _spaces(observed: str) -> tuple[spaces.Space[Any], spaces.Space[Any]]:
    if observed == "text":
        return strings.observation_space(), strings.action_space()
    actions = spaces.MultiDiscrete(list(COUNTS))
    return flat.spaces_of(observed == "dict"), actions


def _three(action: Any) -> tuple[int, int, int]:
    """An action of the MultiDiscrete space as ints."""
    sizes = COUNTS
    if type(action) is list and len(action) == 3:  # the usual case
        a, b, c = action
        if type(a) is type(b) is type(c) is int and 0 <= a < sizes[0] and 0 <= b < sizes[1] and 0 <= c < sizes[2]:
            return a, b, c
    if isinstance(action, np.ndarray) and action.shape == (3,) and action.dtype.kind in "iu":
        action = action.tolist()
    if not isinstance(action, (tuple, list)) or len(action) != 3:
        raise InvalidAction(f"expected three integers below {sizes}, got {shown(action)}")
    a, b, c = (check_discrete(one, n) for one, n in zip(action, sizes, strict=True))
    return a, b, c
