"""Baselines at a desk, by name: nothing, random, blind and oracle."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.errors import Unsupported
from ..core.world import plant, reveal
from ..envs.desktop import flat
from ..envs.desktop.answers import STATUSES
from ..envs.desktop.desktop import Desktop
from ..envs.desktop.elements import COVERED, DISABLED
from ..envs.desktop.hands import Hands
from ..envs.desktop.store import Desk
from ..envs.desktop.tasks import TEMPLATES
from .agent import register
from .desktop_deeds import Case, Watched
from .desktop_panel import Guess, best_guess, guesses

__all__ = ["Blind", "Nothing", "Oracle", "RandomAgent", "solve", "submission"]

PATIENCE = 0.97
"""Chance that the random agent, when it would submit, does something else instead: at once would tell nothing."""
FITTED = 40
"""Training instances that a blind policy is fitted on."""


def submission(desk: Desktop, status: str, text: str) -> Any:
    """The action that submits; where the numbers have no way to say it, that it is done and no more."""
    if desk.observed == "text":
        verb = "send_msg_to_user" if status == STATUSES[0] else "report_infeasible"
        return f"{verb}({(text if status == STATUSES[0] else status)!r})"
    view = desk._own_view()
    said = text if status == STATUSES[0] else status
    texts = [flat.argument(i, view.slots, desk._ui.clip) for i in range(flat.ARGUMENTS)]
    if said not in texts:
        status, said = STATUSES[0], ""
    return np.array([flat.VERBS.index("answer" if status == STATUSES[0] else "give_up"), 0, texts.index(said)])


def solve(env: Any, privileged: bool = False) -> int:
    """Let an oracle play the episode that has begun; how many actions it took."""
    hands, task = Hands(env), dict(_truth(env).task)
    template = TEMPLATES[task["template"]]
    if not privileged and ("text" if hands.desk.observed == "text" else "flat") not in template.faces:
        raise Unsupported(f"{template.name} can't be solved through {hands.desk.observed!r}; use observation='text'")
    template.solve(hands, task if privileged else None)
    return hands.steps


class Nothing:
    """Submits at once that it is done."""

    def __init__(self, env: Any) -> None:
        self._desk: Desktop = env.unwrapped

    def reset(self) -> None:
        """Nothing to get ready."""

    def act(self, observation: Any, info: Any) -> Any:
        """The next action."""
        return submission(self._desk, STATUSES[0], "")


class RandomAgent:
    """Clicks, types and chooses at random among what can be used, and submits once in a while.

    Args:
        env: A desk.
        seed: Of its chance.
    """

    def __init__(self, env: Any, seed: int = 0) -> None:
        self._desk: Desktop = env.unwrapped
        self._chance = np.random.default_rng(seed)

    def reset(self) -> None:
        """Nothing to get ready."""

    def act(self, observation: Any, info: Any) -> Any:
        """The next action."""
        return self._words() if self._desk.observed == "text" else self._numbers()

    def _numbers(self) -> Any:
        mask = self._desk.action_masks()
        ends = np.cumsum([len(flat.VERBS), flat.ELEMENTS])
        verbs, elements, arguments = (np.flatnonzero(part) for part in np.split(mask, ends))
        pick = self._chance.choice
        verb = pick(verbs)
        if flat.VERBS[verb] in ("answer", "give_up") and self._chance.random() < PATIENCE:
            verb = flat.VERBS.index("click")
        return np.array([verb, pick(elements) if elements.size else 0, pick(arguments)])

    def _words(self) -> str:
        """A string that means something on this screen."""
        chance, view = self._chance, self._desk._own_view()
        elements = self._desk._tree.elements
        texts = [*view.slots, *(e.value for e in elements if e.value), *(e.label for e in elements)]
        said = str(chance.choice(texts))
        if chance.random() > PATIENCE:
            status = str(chance.choice(STATUSES))
            return str(submission(self._desk, status, said if chance.random() < 0.5 else ""))
        usable = [i for i, e in enumerate(elements) if e.does and not e.flags & (COVERED | DISABLED)]
        if not usable or chance.random() < 0.05:
            return "go_back()"
        number = int(chance.choice(usable))
        return f"fill('{number}', {said!r})" if elements[number].role == "textbox" else f"click('{number}')"


class Blind:
    """Submits what did best on training instances of the template, by goal and first screen alone.

    Args:
        env: A desk.
    """

    def __init__(self, env: Any) -> None:
        self._desk: Desktop = env.unwrapped

    def reset(self) -> None:
        """Look at goal and screen."""
        desk, view = self._desk, self._desk._own_view()
        guess, said = _fitted(dict(_truth(desk).task)["template"]), None
        if guess is not None:
            said = guess.said or guesses(view.goal, view.slots, view.today, desk._tree).get(guess.name)
        self._action = submission(desk, *(said or (STATUSES[0], "")))

    def act(self, observation: Any, info: Any) -> Any:
        """The next action."""
        return self._action


@functools.cache
def _fitted(template: str) -> Guess | None:
    """The best guess on training instances."""
    return best_guess([Case(template, seed) for seed in range(FITTED)])[0]


def _truth(env: Any) -> Desk:
    truth = reveal(env)
    assert isinstance(truth, Desk)
    return truth


class Oracle:
    """Does the task by script. It plays the episode at a desk of its own first, and then repeats what it did.

    Args:
        env: A desk.
        privileged: Whether it is told the solution, so that it need not look things up.
    """

    def __init__(self, env: Any, privileged: bool = False) -> None:
        self._desk: Desktop = env.unwrapped
        self._privileged = privileged

    def reset(self) -> None:
        """Do the task elsewhere."""
        desk, truth = self._desk, _truth(self._desk)
        task = dict(truth.task)
        twin = Desktop(template=task["template"], observation=desk.observed, max_turns=desk.max_turns)
        plant(twin, truth)
        twin.reset()
        hands = Watched(twin)
        TEMPLATES[task["template"]].solve(hands, task if self._privileged else None)
        self._actions = iter(hands.actions)

    def act(self, observation: Any, info: Any) -> Any:
        """The next action."""
        return next(self._actions)


_KINDS: dict[str, Callable[..., Any]] = {
    "nothing": Nothing,
    "random": RandomAgent,
    "blind": Blind,
    "oracle": functools.partial(Oracle, privileged=True),
    "optimal": Oracle,
}
for _name, _kind in _KINDS.items():
    register(Desktop, _name, _kind)
