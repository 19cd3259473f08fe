"""The reference game: Lewis signalling, with or without a context of candidates, once or in rounds."""

from __future__ import annotations

import itertools
from math import comb, log2
from typing import Any, ClassVar, NamedTuple

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.errors import InvalidTruth
from ...core.game import Common, Game
from ...core.judge import Verdict
from ...core.options import whole
from ...core.parallel import ParallelGame
from ...core.truth import ALL, OWN, Truth, View, release, seen_by
from .reference_partners import HELD_OUT, PARTNERS
from .reference_theory import first_best, reading

__all__ = ["ReferenceGame", "ReferenceTruth", "Rules", "env", "parallel_env", "raw_env"]

SPEAKER, LISTENER = SEATS = ("speaker_0", "listener_0")
TABLED = 4096
"""Deals are numbered where there are at most so many."""


class Rules(NamedTuple):
    """The public options of a game.

    Attributes:
        states: n.
        messages: m.
        candidates: k, at most n.
        rounds: Rounds of an episode.
    """

    states: int
    messages: int
    candidates: int
    rounds: int


class ReferenceTruth(Truth):
    """The targets, and what has been said and chosen."""

    seats: ClassVar[tuple[str, ...] | None] = SEATS
    rules: ClassVar[Rules] = Rules(8, 8, 8, 1)
    deal: dict[str, tuple[int, ...]] = seen_by(
        OWN, "verifier", "critic", doc="the speaker's targets, one for each round; the listener has nothing"
    )
    contexts: tuple[tuple[int, ...], ...] = seen_by(ALL, doc="the candidates of each round, in order")
    messages: tuple[int, ...] = seen_by(ALL, doc="messages so far")
    choices: tuple[int, ...] = seen_by(ALL, doc="states chosen so far")
    results: tuple[int, ...] = seen_by(ALL, doc="of each finished round, 1 if the choice was right, else 0")

    def __post_init__(self) -> None:
        n, m, k, rounds = self.rules
        if not isinstance(self.deal, dict) or self.deal.keys() != set(SEATS) or self.deal[LISTENER] != ():
            raise InvalidTruth("a deal is a dict with targets for the speaker and () for the listener")
        targets, contexts = self.deal[SPEAKER], self.contexts
        if not (_ints(targets, n) and len(targets) == rounds):
            raise InvalidTruth(f"the speaker has a target in [0, {n}) for each of {rounds} rounds")
        if not isinstance(contexts, tuple) or len(contexts) != rounds:
            raise InvalidTruth(f"there is a context for each of {rounds} rounds")
        for target, context in zip(targets, contexts, strict=True):
            if not _ints(context, n) or len(context) != k or sorted(set(context)) != list(context):
                raise InvalidTruth(f"a context is a tuple of {k} different states in order")
            if target not in context:
                raise InvalidTruth("a context holds the target of its round")
        said, done = self.messages, self.choices
        if not (_ints(said, m) and _ints(done, n) and 0 <= len(said) - len(done) <= 1 and len(said) <= rounds):
            raise InvalidTruth("messages and choices alternate, a message first")
        if any(choice not in context for choice, context in zip(done, contexts, strict=False)):
            raise InvalidTruth("a choice is one of the candidates of its round")
        if self.results != tuple(int(choice == target) for choice, target in zip(done, targets, strict=False)):
            raise InvalidTruth("results tell of each choice whether it was right")

    @release(ALL, of="choices", per_step=None)
    def over(self) -> bool:
        """Whether all rounds have been played."""
        return len(self.choices) == self.rules.rounds

    @release(ALL, of="messages choices", per_step=None)
    def to_move(self) -> tuple[str, ...]:
        """The speaker, then the listener, in each round."""
        if len(self.messages) > len(self.choices):
            return (LISTENER,)
        return () if len(self.choices) == self.rules.rounds else (SPEAKER,)

    @release(OWN, of="contexts messages choices", per_step=None)
    def legal(self, seat: str) -> tuple[bool, ...]:
        """All messages for the speaker in its turn, the candidates for the listener in its."""
        n, m, _, _ = self.rules
        if seat not in self.to_move():
            return (False,) * (m + n)
        if seat == SPEAKER:
            return (True,) * m + (False,) * n
        context = self.contexts[len(self.choices)]
        return (False,) * m + tuple(state in context for state in range(n))

    @release(OWN, of="messages choices results", per_step=None)
    def payoff(self, seat: str) -> float:
        """1/rounds to both after a right choice."""
        played = self.results and len(self.messages) == len(self.choices)
        return self.results[-1] / self.rules.rounds if played else 0.0

    @release(OWN, of="deal", per_step=None)
    def type_of(self, seat: str) -> tuple[int, ...]:
        """The speaker's targets."""
        return self.deal[seat]


def _ints(values: Any, below: int) -> bool:
    return isinstance(values, tuple) and all(type(v) is int and 0 <= v < below for v in values)


class ReferenceGame(Game):
    """Lewis's signalling game: one seat knows what is meant, the other must find it from a message without meaning.

    ## Description
    The speaker sees the target, one of n states, and sends one of m messages. The listener hears the message and
    chooses a state. Both win if it is the target. Messages have no meaning but what the two give them. With
    `candidates` k < n, both see a context of k candidates, the target among them, and the listener chooses among
    these. With `rounds` > 1 targets (and contexts) are drawn anew each round, the seats keep their roles, and both are
    told whether the choice was right, so that they can come to terms.

    ## Action Space
    `Discrete(m + n)`: messages 0..m-1 of the speaker, then choices of state 0..n-1 of the listener. The mask allows
    all messages or the candidates in turn, and nothing for the seat that is not to move.

    ## Observation Space
    `Dict(observation=Box(0, 1, (1 + rounds * w,), int8), action_mask=Box(0, 1, (m + n,), int8))`. First 1 for the
    speaker, 0 for the listener. Then for each round, all zero until it begins: the target one-hot (n; the speaker's
    only), the candidates (n; left out where all states are), the message one-hot (m), the choice one-hot (n), and
    whether the choice was right, and whether it was wrong. So w = 2 n + m + 2, or n more with candidates.

    ## Starting State
    All targets equally likely; with candidates, all contexts equally likely, and each candidate equally often the
    target. Rounds are independent.

    ## Rewards
    1/rounds to both after each right choice, so at most 1 in an episode.

    ## Episode End
    Terminates after the last round's choice. Never truncates.

    ## Information
    Empty.

    ## Hidden State
    The targets. The listener learns of each, after its choice, whether it was right. The speaker sees the target of
    the current round and of earlier ones; later targets are dealt at the start, and nobody sees them before their
    round in the private regime.

    ## Arguments
    `states` n (2 to 64; 8), `messages` m (1 to 64; 8), `candidates` k (2 to n; None: all states), `rounds` (1 to 100;
    1). `regime`, `accuracy`, `share`: what the listener is told of the targets. `render_mode`: None or `"ansi"`.

    ## Reference Scores
    First best: min(m, k)/k in expectation, 1 by default; a code that ignores the context reaches less where m < n
    (:func:`~infogap.envs.social.reference_theory.best_fixed_code`). Babbling: 1/k. With k = n >= 3, partial pooling
    is an equilibrium too, with success (n - 1)/n where m = n, and simple learners get stuck in it
    (:func:`~infogap.envs.social.reference_theory.roth_erev`; REINFORCE stays in it for long).

    The verdict: success if all choices were right; the score and `correct` are the share of right choices;
    `first_best` its expectation between the best players, `efficiency` the ratio of both, whose mean over episodes
    counts (it can exceed 1 in a lucky episode where m < k). Messages are also read by the known code, rank of the
    target among the candidates mod m: `disclosure_bits` is log2 of k over the candidates that the message leaves, 0
    where the target is not among them, summed over rounds; `deception` is the share of messages that are not the
    code's. A pair may well agree on another code.

    ## References
    D. Lewis, "Convention" (1969). B. Skyrms, "Signals" (2010). S. M. Huttegger, B. Skyrms, R. Smead, K. Zollman,
    "Evolutionary dynamics of Lewis signaling games: signaling systems vs. partial pooling", Synthese 172 (2010).

    ## Version History
    * v0: initial version.
    """

    family: ClassVar[str] = "social/reference_game"
    truth_type = ReferenceTruth
    metadata = {
        "name": "reference_game_v0",
        "render_modes": ["ansi"],
        "render_fps": 4,
        "is_parallelizable": True,
    }
    roles = {"Speaker": SPEAKER, "Listener": LISTENER}
    partners = PARTNERS
    held_out = HELD_OUT
    memoised = True

    def __init__(
        self,
        states: int = 8,
        messages: int = 8,
        candidates: int | None = None,
        rounds: int = 1,
        **common: Unpack[Common],
    ) -> None:
        n = whole("states", states, 2, 64)
        m = whole("messages", messages, 1, 64)
        k = n if candidates is None else whole("candidates", candidates, 2, n)
        self.rules = Rules(n, m, k, whole("rounds", rounds, 1, 100))
        deals = comb(n, k) * k if rounds == 1 else 0
        self.deals = deals if deals <= TABLED else 0
        self._contexts = list(itertools.combinations(range(n), k)) if self.deals else []
        width = 2 * n + n * (k < n) + m + 2
        targets = spaces.Tuple([spaces.Discrete(n)] * rounds)
        super().__init__(
            seats=SEATS,
            observed=spaces.Box(0, 1, (1 + rounds * width,), np.int8),
            actions=(*(f"say m{i}" for i in range(m)), *(f"choose state {i}" for i in range(n))),
            truth_space=spaces.Dict(
                deal=spaces.Dict({SPEAKER: targets, LISTENER: spaces.Tuple([])}),
                contexts=spaces.Tuple([spaces.Tuple([spaces.Discrete(n)] * k)] * rounds),
                messages=spaces.Sequence(spaces.Discrete(m)),
                choices=spaces.Sequence(spaces.Discrete(n)),
                results=spaces.Sequence(spaces.Discrete(2)),
            ),
            type_sizes={SPEAKER: (n,) * rounds, LISTENER: ()},
            rules=self.rules,
            **common,
        )

    def _begun(self, targets: tuple[int, ...], contexts: tuple[tuple[int, ...], ...]) -> ReferenceTruth:
        deal = {SPEAKER: targets, LISTENER: ()}
        return self.truth_type(deal=deal, contexts=contexts, messages=(), choices=(), results=())

    def dealt(self, index: int) -> ReferenceTruth:
        """One of the contexts in order, and in it one of the candidates."""
        at, rank = divmod(index, self.rules.candidates)
        context = self._contexts[at]
        return self._begun((context[rank],), (context,))

    def initial(self, chance: Chance) -> ReferenceTruth:
        """A target for each round, and a context around it."""
        if self.deals:
            return self.dealt(chance.below(self.deals))
        n, _, k, rounds = self.rules
        if k == n:
            return self._begun(tuple(chance.below(n) for _ in range(rounds)), (tuple(range(n)),) * rounds)
        draws = chance.generator()
        picked = [draws.permutation(n)[:k].tolist() for _ in range(rounds)]
        return self._begun(tuple(p[0] for p in picked), tuple(tuple(sorted(p)) for p in picked))

    def another(self, truth: ReferenceTruth, chance: Chance) -> ReferenceTruth:
        """Other targets in the same contexts."""
        return self._begun(tuple(context[chance.below(len(context))] for context in truth.contexts), truth.contexts)

    def transition(self, truth: ReferenceTruth, seat: str, action: int, chance: Chance) -> ReferenceTruth:
        """Send the message, or choose and tell whether it was right."""
        if seat == SPEAKER:
            return truth.but(messages=(*truth.messages, action))
        choice = action - self.rules.messages
        right = int(choice == truth.deal[SPEAKER][len(truth.choices)])
        return truth.but(choices=(*truth.choices, choice), results=(*truth.results, right))

    def observation(self, view: View) -> npt.NDArray[np.int8]:
        """The rounds that have begun, one-hot."""
        n, m, k, rounds = self.rules
        messages, choices, results = view.messages, view.choices, view.results
        targets = view.type_of() if view.party == SPEAKER else ()
        told = k < n
        width = 2 * n + n * told + m + 2
        seen = np.zeros(1 + rounds * width, np.int8)
        seen[0] = view.party == SPEAKER
        for i in range(min(len(choices) + 1, rounds)):
            at = 1 + i * width
            if targets:
                seen[at + targets[i]] = 1
            at += n
            if told:
                seen[np.add(at, view.contexts[i])] = 1
                at += n
            if i < len(messages):
                seen[at + messages[i]] = 1
            at += m
            if i < len(choices):
                seen[at + choices[i]] = 1
                seen[at + n + 1 - results[i]] = 1
        return seen

    def outcome(self, view: View) -> Verdict:
        """Whether all choices were right; see the class for the measures."""
        n, m, k, rounds = self.rules
        right = sum(view.results) / rounds
        best = first_best(n, m, k)
        ranks = [context.index(t) for context, t in zip(view.contexts, view.deal[SPEAKER], strict=True)]
        told = [reading(k, m, said) for said in view.messages]
        checks = {
            "correct": right,
            "first_best": best,
            "efficiency": right / best,
            "disclosure_bits": sum(log2(k / len(left)) for left, rank in zip(told, ranks, strict=True) if rank in left),
            "deception": sum(rank % m != said for rank, said in zip(ranks, view.messages, strict=True)) / rounds,
            "turns": 2.0 * rounds,
            **{f"payoff_{seat}": right for seat in SEATS},
        }
        return Verdict(right == 1, right, checks)

    def resample(self, truth: ReferenceTruth, seat: str, chance: Chance) -> ReferenceTruth:
        """Other targets in the same contexts for the listener; the speaker knows all."""
        if seat == SPEAKER:
            return self._begun(truth.deal[SPEAKER], truth.contexts)
        targets = tuple(context[chance.below(len(context))] for context in truth.contexts)
        return self._begun(targets, truth.contexts)

    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The targets."""
        if seat != SPEAKER:
            return f"{seat} has no private information."
        named = ", ".join(f"state {target}" for target in kind)
        return f"{seat} is to tell of {named}{', round by round' if len(kind) > 1 else ''}."

    def picture(self, view: View) -> str:
        """The rounds so far."""
        lines = []
        for i, context in enumerate(view.contexts[: len(view.choices) + 1]):
            line = f"round {i + 1}: candidates {', '.join(map(str, context))}"
            if i < len(view.messages):
                line += f"; m{view.messages[i]}"
            if i < len(view.choices):
                line += f"; state {view.choices[i]}, {'right' if view.results[i] else 'wrong'}"
            lines.append(line)
        return "\n".join(lines)


def raw_env(**kwargs: Any) -> ReferenceGame:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return ReferenceGame(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: all seats answer, the seat to move is heard."""
    return ParallelGame(ReferenceGame(**kwargs))
