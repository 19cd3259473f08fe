"""Mafia: a hidden minority against an uninformed majority, with a detective and structured talk."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from gymnasium import spaces
from typing_extensions import Unpack

from ...core.chance import Chance
from ...core.errors import InvalidOption
from ...core.game import Common, Game
from ...core.judge import Verdict
from ...core.options import flag, whole
from ...core.parallel import ParallelGame
from ...core.truth import View
from . import mafia_text
from .mafia_acts import (
    DETECTIVE,
    INDEX,
    MAFIA,
    NIGHT,
    SEATS,
    TALK,
    TOWN_WON,
    VILLAGER,
    Kind,
    Rules,
    Speech,
    meaning,
    order,
    phase_of,
    speeches,
    standing,
    tied,
    winner_of,
)
from .mafia_partners import PARTNERS
from .mafia_rules import MafiaTruth
from .mafia_theory import claimed_bits

__all__ = ["Mafia", "MafiaTruth", "Rules", "env", "parallel_env", "raw_env"]

STATEMENTS = 4
"""Statements a day at most."""


class Mafia(Game):
    """The party game of a hidden minority against an uninformed majority.

    ## Description
    Some players are mafia and know each other; the others are the town, one of them perhaps a detective. On each day
    the living players speak in turn, in structured statements, then all vote at the same time on whom to lynch: most
    votes, and a tie is drawn, each of the tied equally likely. In the night that follows the mafia choose a victim
    from the town, in the same way, and the detective inspects a living player and learns whether it is mafia. Those
    who are eliminated show their role. The town wins when no mafia is left; the mafia win when they are no fewer than
    the town.

    ## Action Space
    `Discrete(5 + 7 players)`: 0 pass; claim 1 "I am a villager", 2 "I am the detective"; 3 agree with the last
    statement; 4 withdraw the own last statement; then for each player j: accuse j, vouch for j, "my result: j is
    mafia", "my result: j is not mafia", ask j to explain, vote for j, choose j in the night. Anybody may say anything,
    true or false, of another living player; agreeing and withdrawing take a statement that says something. Villagers
    pass at night, so that who moves tells nothing. The mask of an eliminated seat is all zero.

    ## Observation Space
    `Dict(observation=Box(0, max(12, players), (n,), int8), action_mask=Box(0, 1, (5 + 7 players,), int8))`, with P
    players, D = (P - 1) // 2 days at most and K statements a day: own seat one-hot (P), own role one-hot (villager,
    detective, mafia), fellow mafia (P), what own inspections told (P: 0 nothing, 1 not mafia, 2 mafia), own targets
    by night (D), own vote or night act not yet told (1); talk, vote, night one-hot (3), day from 1 (1), who is alive
    (P), roles shown (P: role + 1), eliminated in order (2D), statements by day, round and seat, as kind and target
    (2DKP), votes by day (DP). Players are counted from 1 there, 0 is nobody; kinds are pass, villager, detective,
    agree, withdraw, accuse, vouch, mafia, not mafia, explain: 1 to 10.

    ## Starting State
    Roles in random order; talk on the first day begins with seat 0, and on each later day one living seat further on.

    ## Rewards
    At the end: +1 to each seat of the side that has won, -1 to the others, eliminated or not.

    ## Episode End
    Terminates when a side has won, after D days at the latest. Never truncates. Eliminated seats stay, without moves.

    ## Information
    Empty.

    ## Hidden State
    The roles, which the mafia know of each other; what the detective learns; votes until all have voted; night acts.

    ## Arguments
    `players` (3 to 15, default 7), `mafia` (1 or more, fewer than half; default 2), `detective` (default True),
    `statements` (0 to 4 of each seat a day, default 1), `regime`, `accuracy`, `share`, `render_mode`.

    ## Reference Scores
    Chance of the town when nobody talks and lynches and kills are drawn uniformly, by town and mafia: (4, 1) 0.467,
    (5, 2) 0.229, (6, 1) 0.543, (7, 2) 0.298, (8, 1) 0.594; when a detective names the first mafia it finds and the
    town follows: 0.556, 0.328, 0.655, 0.416, 0.712 (dynamic programmes of `mafia_theory`). A town that knows the roles
    always wins. No equilibrium of the game with talk is known.

    ## References
    M. Braverman, O. Etesami and E. Mossel, "Mafia: a theoretical study of players and coalitions in a partial
    information environment", Annals of Applied Probability 18 (2008). The game is by D. Davidoff.

    ## Version History
    * v0: initial version.
    """

    family = "social/mafia"
    truth_type = MafiaTruth
    metadata = {"name": "mafia_v0", "render_modes": ["ansi"], "render_fps": 4, "is_parallelizable": True}
    roles = {"Player": SEATS[0]}
    partners = PARTNERS
    held_out = frozenset({"follower", "contrarian"})

    def __init__(
        self,
        players: int = 7,
        mafia: int = 2,
        detective: bool = True,
        statements: int = 1,
        **common: Unpack[Common],
    ) -> None:
        players, mafia = whole("players", players, 3, len(SEATS)), whole("mafia", mafia, 1, len(SEATS))
        statements, detective = whole("statements", statements, 0, STATEMENTS), flag("detective", detective)
        if 2 * mafia >= players:
            raise InvalidOption(f"the mafia must be fewer than half: {mafia} of {players} have won before the start")
        self.rules = rules = Rules(players, mafia, detective, statements)
        seats, target = SEATS[:players], spaces.Discrete(players + 1, start=-1)
        super().__init__(
            seats=seats,
            rules=rules,
            observed=spaces.Box(0, max(12, players), (_size(rules),), np.int8),
            actions=mafia_text.phrases(rules),
            truth_space=spaces.Dict(
                role=spaces.Dict({seat: spaces.Discrete(3) for seat in seats}),
                choice=spaces.Dict(dict.fromkeys(seats, target)),
                nights=spaces.Dict({seat: spaces.Sequence(target) for seat in seats}),
                acted=spaces.Discrete(players + 1),
                gone=spaces.Sequence(spaces.Discrete(players)),
                shown=spaces.Tuple([spaces.Discrete(4, start=-1)] * players),
                said=spaces.Sequence(spaces.Sequence(spaces.Discrete(rules.acts))),
                votes=spaces.Sequence(spaces.Tuple([target] * players)),
                winner=spaces.Discrete(3),
            ),
            type_sizes=dict.fromkeys(seats, (3, *(2,) * players)),
            **common,
        )

    # -- dealing -------------------------------------------------------------------------------------------------------
    def _fresh(self, roles: Sequence[int]) -> MafiaTruth:
        seats = self.possible_agents
        return self.truth_type(
            role=dict(zip(seats, roles, strict=True)),
            choice=dict.fromkeys(seats, -1),
            nights=dict.fromkeys(seats, ()),
            acted=0,
            gone=(),
            shown=(-1,) * len(seats),
            said=((),),
            votes=(),
            winner=0,
        )

    def initial(self, chance: Chance) -> MafiaTruth:
        """The roles in random order."""
        n, mafia, detective, _ = self.rules
        cards = [MAFIA] * mafia + [DETECTIVE] * detective + [VILLAGER] * (n - mafia - detective)
        return self._fresh([cards[i] for i in chance.permutation(n)])

    def resample(self, truth: MafiaTruth, seat: str, chance: Chance) -> MafiaTruth:
        """Deal the roles again to those whose role the seat does not know: the own one, and to the mafia all mafia."""
        roles = list(truth.role.values())
        own = truth.role[seat]
        unknown = [i for i, r in enumerate(roles) if SEATS[i] != seat and not (own == MAFIA and r == MAFIA)]
        cards = [roles[i] for i in unknown]
        for i, card in zip(unknown, chance.permutation(len(unknown)), strict=True):
            roles[i] = cards[card]
        return self._fresh(roles)

    # -- playing -------------------------------------------------------------------------------------------------------
    def transition(self, truth: MafiaTruth, seat: str, action: int, chance: Chance) -> MafiaTruth:
        """Add the statement; or keep the hidden act, and count them when all have acted."""
        *before, today = truth.said
        phase = truth.phase()
        if phase == TALK:
            return truth.but(said=(*before, (*today, action)))
        n = self.rules.players
        choice, acted = {**truth.choice, seat: meaning(action, n)[1]}, truth.acted + 1
        if acted < n - len(truth.gone):
            return truth.but(choice=choice, acted=acted)
        voters = [s for s, r in truth.role.items() if phase != NIGHT or r == MAFIA]
        best = tied([choice[s] for s in voters])
        out = best[chance.below(len(best))]
        changes: dict[str, Any] = {"acted": 0, "choice": dict.fromkeys(choice, -1), **_eliminated(truth, out)}
        if phase != NIGHT:
            return truth.but(votes=(*truth.votes, tuple(choice.values())), **changes)
        nights = {s: (*truth.nights[s], target) for s, target in choice.items()}
        if not changes["winner"]:
            changes["said"] = (*truth.said, ())
        return truth.but(nights=nights, **changes)

    def observation(self, view: View) -> npt.NDArray[np.int8]:
        """What the seat knows by itself, then what is public; see the class."""
        rules, own = self.rules, INDEX[view.party]
        n, (role, *fellows) = rules.players, view.type_of()
        seen = bytearray(_own_size(rules))
        seen[own] = seen[n + role] = 1
        if role != VILLAGER:
            seen[n + 3 : 2 * n + 3] = bytes(fellows)
            for night, (target, told) in enumerate(view.learnt()):
                seen[3 * n + 3 + night] = target + 1
                if told:
                    seen[2 * n + 3 + target] = told
        seen[-1] = view.chosen() + 1
        gone, said = view.gone, view.said
        phase = -1 if view.winner else phase_of(rules, gone, said)
        return np.frombuffer(seen + _public(rules, phase, gone, view.shown, said, view.votes), np.int8)

    # -- words ---------------------------------------------------------------------------------------------------------
    def describe(self, seat: str, kind: tuple[int, ...]) -> str:
        """The role, and to the mafia their fellows."""
        return mafia_text.role_of(INDEX[seat], kind)

    def describe_part(self, seat: str, kind: tuple[int | None, ...]) -> str:
        """What is told of role and fellows."""
        return mafia_text.part_of(INDEX[seat], kind)

    def picture(self, view: View) -> str:
        """Who is there, and what happened today."""
        return mafia_text.scene(self.rules, view)

    def lines(self, view: View) -> tuple[str, ...]:
        """All that the seat has been told."""
        return mafia_text.story(self.rules, view)

    def read(self, text: str, view: View) -> int | None:
        """See :func:`infogap.envs.social.mafia_text.read`."""
        return mafia_text.read(self.rules, phase_of(self.rules, view.gone, view.said), text)

    # -- judging -------------------------------------------------------------------------------------------------------
    def outcome(self, view: View) -> Verdict:
        """Success is that the town has won.

        Checks: `correct`, share of the lynched that were mafia; `detection`, share of the mafia that were lynched;
        `claims`, claims of a role or a result that their speakers let stand, and `deception`, the share of them that
        was false (a result is true if its speaker is the detective and had it); `disclosure_bits`, what these claims
        tell of the roles if each is believed that does not contradict those before it.
        """
        rules = self.rules
        roles = [view.role[seat] for seat in self.possible_agents]
        told = speeches(rules.players, view.gone, view.said)
        claims = [speech for speech in standing(told) if speech.kind in _FACTS]
        false = sum(not _true(speech, roles, view.nights) for speech in claims)
        facts = [(what, seat) for speech in claims for what, seat in _facts(speech)]
        lynched = [roles[i] for i in view.gone[::2]]
        caught = lynched.count(MAFIA)
        kinds = [speech.kind for speech in told]
        acts = sum(rules.players - i for i in range(len(view.gone)))
        won = view.winner == TOWN_WON
        checks = {
            "correct": caught / len(lynched),
            "detection": caught / rules.mafia,
            "claims": float(len(claims)),
            "deception": false / len(claims) if claims else 0.0,
            "disclosure_bits": claimed_bits(rules.players, rules.mafia, rules.detective, facts),
            "clarify": float(kinds.count(Kind.CLARIFY)),
            "confirm": float(kinds.count(Kind.CONFIRM)),
            "repair": float(kinds.count(Kind.REPAIR)),
            "days": float(len(view.said)),
            "turns": float(len(told) + acts),
        }
        payoffs = {
            f"payoff_{seat}": 1.0 if (role == MAFIA) != won else -1.0
            for seat, role in zip(self.possible_agents, roles, strict=True)
        }
        return Verdict(won, float(won), {**checks, **payoffs})


def raw_env(**kwargs: Any) -> Mafia:
    """The AEC environment; checks are made inside ``step``, so it is the same as :func:`env`."""
    return Mafia(**kwargs)


env = raw_env


def parallel_env(**kwargs: Any) -> ParallelGame:
    """The parallel form: all answer; who has the word is heard, and in votes and nights all who live."""
    return ParallelGame(Mafia(**kwargs))


# -- counting --------------------------------------------------------------------------------------------------------
def _eliminated(truth: MafiaTruth, out: int) -> dict[str, Any]:
    """What changes when a player is eliminated."""
    roles, gone = list(truth.role.values()), (*truth.gone, out)
    shown = tuple(role if i in gone else -1 for i, role in enumerate(roles))
    return {"gone": gone, "shown": shown, "winner": winner_of(roles, gone)}


_FACTS = {
    Kind.VILLAGER: "villagers",
    Kind.DETECTIVE: "detectives",
    Kind.GUILTY: "is_mafia",
    Kind.CLEAR: "not_mafia",
}


def _facts(speech: Speech) -> list[tuple[str, int]]:
    """What a claim says, literally: who tells a result is the detective."""
    if speech.target < 0:
        return [(_FACTS[speech.kind], speech.seat)]
    return [("detectives", speech.seat), (_FACTS[speech.kind], speech.target)]


def _true(speech: Speech, roles: Sequence[int], nights: dict[str, tuple[int, ...]]) -> bool:
    """Whether a claim is true; a result must have been found in a night before."""
    if speech.target < 0:
        return roles[speech.seat] == (VILLAGER if speech.kind == Kind.VILLAGER else DETECTIVE)
    found = roles[speech.seat] == DETECTIVE and speech.target in nights[SEATS[speech.seat]][: speech.day]
    return found and (roles[speech.target] == MAFIA) == (speech.kind == Kind.GUILTY)


# -- observing: parts of an observation as bytes, most of which stay the same for long -------------------------------
def _own_size(rules: Rules) -> int:
    return 3 * rules.players + 3 + rules.days + 1


def _size(rules: Rules) -> int:
    n, days = rules.players, rules.days
    return _own_size(rules) + 4 + 2 * n + 2 * days + days * n * (2 * rules.statements + 1)


@functools.lru_cache(1 << 12)
def _statements(rules: Rules, gone: tuple[int, ...], row: tuple[int, ...]) -> bytes:
    """Statements of the day that began with `gone`, by round and seat, as kind and target, both from 1."""
    n, speakers = rules.players, order(rules.players, gone)
    seen = bytearray(2 * n * rules.statements)
    for i, act in enumerate(row):
        told, turn = divmod(i, len(speakers))
        at = 2 * (told * n + speakers[turn])
        kind, target = meaning(act, n)
        seen[at : at + 2] = kind + 1, target + 1
    return bytes(seen)


@functools.lru_cache(1 << 12)
def _lives(rules: Rules, gone: tuple[int, ...], shown: tuple[int, ...]) -> bytes:
    """Who is alive, the roles shown, and who was eliminated in order, from 1."""
    seen = [int(role < 0) for role in shown] + [role + 1 for role in shown] + [i + 1 for i in gone]
    return bytes(seen + [0] * (2 * rules.days - len(gone)))


@functools.lru_cache(1 << 12)
def _cast(rules: Rules, votes: tuple[tuple[int, ...], ...]) -> bytes:
    """The votes of all days, from 1."""
    seen = [vote + 1 for row in votes for vote in row]
    return bytes(seen + [0] * (rules.players * rules.days - len(seen)))


def _public(
    rules: Rules,
    phase: int,
    gone: tuple[int, ...],
    shown: tuple[int, ...],
    said: tuple[tuple[int, ...], ...],
    votes: tuple[tuple[int, ...], ...],
) -> bytes:
    """The public part of an observation."""
    parts = [bytes((phase == 0, phase == 1, phase == 2, len(said))), _lives(rules, gone, shown)]
    parts += [_statements(rules, gone[: 2 * day], row) for day, row in enumerate(said)]
    parts += [bytes(2 * rules.players * rules.statements * (rules.days - len(said))), _cast(rules, votes)]
    return b"".join(parts)
