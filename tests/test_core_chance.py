"""Chance: known answers, scalars equal to arrays, restarts, keys, and sane statistics."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infogap.core.chance import PUBLIC, Chance, check_key, check_seed, stream_key, streams
from infogap.core.errors import InfogapError, InvalidKey, InvalidOption, InvalidSeed
from infogap.core.splits import DEFAULT_SHARES, fraction, split_mask, split_of

# Written down once; they hold on every platform and for as long as generators keep their version.
KEY = 0x0123456789ABCDEF
WORDS = {
    (0, 0): [1547611027431991965, 15380727978956804243, 3427440727199435966],
    (0, 1): [5416156064715232341, 3357839752199249945, 14850060493426636854],
    (3, 7): [3661432097870645684, 14113853777174349840, 14274327786375732083],
    (2**32 - 1, 2**24 - 1): [15176108444159033798, 17461535858487233088, 17911729684220606439],
}
STREAMS = {  # first words of the world's and of the noise's stream of seed 0
    PUBLIC: [16107326429459296672, 1587870988732063751],
    b"key": [5329491032668759578, 4950113479401068527],  # at episode 2, turn 3
}

u64 = st.integers(0, 2**64 - 1)


def splitmix(x: int) -> int:
    """SplitMix64's finaliser, written from the paper."""
    m = 2**64 - 1
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & m
    x = (x ^ x >> 27) * 0x94D049BB133111EB & m
    return x ^ x >> 31


GOLDEN = 0x9E3779B97F4A7C15


def test_a_turn_is_splitmix64():
    """Reference outputs of SplitMix64 seeded with 1234567 (Vigna's splitmix64.c) are the first words of that key."""
    state, chance = 1234567, Chance(1234567)
    expected = [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    for value in expected:
        state = (state + GOLDEN) % 2**64
        assert splitmix(state) == value
        assert chance.word() == value


@pytest.mark.parametrize("at", WORDS)
def test_known_answers(at):
    chance = Chance(KEY, *at)
    assert [chance.word() for _ in range(3)] == WORDS[at]
    counters = [at[0] << 32 | at[1] << 8 | lane for lane in range(3)]
    assert [splitmix((KEY + (counter + 1) * GOLDEN) % 2**64) for counter in counters] == WORDS[at]


def test_known_answers_of_streams():
    assert [w.word() for w in streams(PUBLIC, "inquiry/twenty_questions", 0, 0)] == STREAMS[PUBLIC]
    assert [w.at(2, 3).word() for w in streams(b"key", "inquiry/twenty_questions", 0, 0)] == STREAMS[b"key"]


@settings(max_examples=60, deadline=None)
@given(key=u64, episode=st.integers(0, 2**32 - 1), turn=st.integers(0, 2**24 - 1), n=st.integers(1, 2**31 - 1))
def test_scalars_equal_arrays_bit_for_bit(key, episode, turn, n):
    keys = np.array([key, key ^ 1, 5], np.uint64)
    episodes, turns = np.array([episode, episode, 0], np.uint64), np.array([turn, 0, turn], np.uint64)
    many = Chance(keys, episodes, turns)
    ones = [Chance(int(k), int(e), int(t)) for k, e, t in zip(keys, episodes, turns, strict=True)]
    cumulative = [0.1, 0.1, 0.75, 1.0]
    for draw in (
        lambda c: c.word(),
        lambda c: c.below(n),
        lambda c: c.unit(),
        lambda c: c.pick(cumulative),
        lambda c: c.permutation(5),
    ):
        together = np.asarray(draw(many)).tolist()
        assert together == [draw(one) for one in ones]


def test_array_dtypes():
    many = Chance(np.arange(4, dtype=np.uint64), np.zeros(4, np.uint64), np.zeros(4, np.uint64))
    assert many.word().dtype == np.uint64 and many.below(7).dtype == np.int64 and many.unit().dtype == np.float64
    assert many.pick([0.5, 1.0]).dtype == np.int64 and many.permutation(3).shape == (4, 3)


def test_streams_restart_at_every_episode_and_turn():
    world, noise = streams(PUBLIC, "f", 0, 1)
    there = world.at(3, 5)
    first = [there.word() for _ in range(4)]
    drifted = world.at(3, 4)
    for _ in range(200):
        drifted.word()
    again = world.at(3, 5)
    assert [again.word() for _ in range(4)] == first
    assert len({w.at(e, t).word() for w in (world, noise) for e in range(20) for t in range(20)}) == 800


def test_a_turn_has_256_words():
    chance = Chance(1)
    words = {chance.word() for _ in range(256)}
    assert len(words) == 256
    with pytest.raises(InvalidOption):
        chance.word()


def test_streams_differ_in_everything_that_names_them():
    named = [("f", 0, 1), ("g", 0, 1), ("f", 1, 1), ("f", 0, 2), ("f|0", 1, 1)]
    words = [w.word() for name in named for w in streams(PUBLIC, *name)]
    assert len(set(words)) == len(words)
    label = b"f|0|1|world"
    expected = hashlib.blake2b(label, key=PUBLIC, digest_size=32).digest()
    assert stream_key(PUBLIC, "f", 0, 1, "world") == expected
    assert streams(PUBLIC, "f", 0, 1)[0].key == int.from_bytes(expected[:8], "big")


# -- under an evaluator's key ------------------------------------------------------------------------------------------
def test_keyed_words_are_keyed_digests_of_the_counter():
    world, _ = streams(b"secret", "f", 0, 1)
    key = hashlib.blake2b(b"f|0|1|world", key=b"secret", digest_size=32).digest()
    chance = world.at(2, 3)
    for lane in range(3):
        counter = (2 << 32 | 3 << 8 | lane).to_bytes(8, "big")
        digest = hashlib.blake2b(counter, key=key, digest_size=8).digest()
        assert chance.word() == int.from_bytes(digest, "big")


def test_keyed_scalars_equal_arrays_and_keys_differ():
    worlds = [streams(key, "f", 0, 1)[0] for key in (b"a", b"b", PUBLIC)]
    assert len({w.word() for w in worlds}) == 3
    keys = np.array([streams(b"a", "f", 0, seed)[0].key for seed in range(3)], object)
    episodes, turns = np.arange(3, dtype=np.uint64), np.array([5, 0, 2], np.uint64)
    many = type(worlds[0])(keys, episodes, turns)
    ones = [streams(b"a", "f", 0, i)[0].at(i, int(turns[i])) for i in range(3)]
    for _ in range(3):
        assert many.word().tolist() == [one.word() for one in ones]
        assert many.unit().tolist() == [one.unit() for one in ones]
    some = many.rows(np.array([2, 0]))
    assert some.word().tolist() == [ones[2].at(2, 2).word(), ones[0].at(0, 5).word()]


# -- statistics --------------------------------------------------------------------------------------------------------
def chi_square(counts: np.ndarray, expected: np.ndarray) -> float:
    """Normal score of the chi-square statistic (Wilson and Hilferty 1931): about standard normal if all is well."""
    k = counts.size - 1
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return ((statistic / k) ** (1 / 3) - (1 - 2 / (9 * k))) / math.sqrt(2 / (9 * k))


@pytest.mark.parametrize("kind", ["public", "keyed"])
@pytest.mark.parametrize("axis", ["episode", "turn", "lane", "seed"])
def test_draws_are_uniform_along_every_axis(kind, axis):
    n = 4_000
    key = PUBLIC if kind == "public" else b"k"
    stream, _ = streams(key, "f", 0, 3)
    if axis == "seed":
        words = [streams(key, "f", 0, seed)[0].word() for seed in range(n)]
    elif axis == "lane":
        words = [stream.at(e, 0) for e in range(n // 200)]
        words = [chance.word() for chance in words for _ in range(200)]
    else:
        words = [stream.at(*((i, 0) if axis == "episode" else (0, i))).word() for i in range(n)]
    w = np.array(words, np.uint64)
    assert np.unique(w).size == n
    for shift in (0, 8, 32, 56):  # each byte, and so each bit
        counts = np.bincount(((w >> np.uint64(shift)) & np.uint64(255)).astype(int), minlength=256)
        assert abs(chi_square(counts, np.full(256, n / 256))) < 5
    pairs = np.bincount(((w[:-1] >> np.uint64(60)) * 16 + (w[1:] >> np.uint64(60))).astype(int), minlength=256)
    assert abs(chi_square(pairs, np.full(256, (n - 1) / 256))) < 5


def test_below_unit_pick_and_permutation_have_their_distributions():
    n = 60_000
    chance = Chance(np.full(n, 99, np.uint64), np.arange(n, dtype=np.uint64), np.zeros(n, np.uint64))
    below = chance.below(118)
    assert below.min() == 0 and below.max() == 117
    assert abs(chi_square(np.bincount(below), np.full(118, n / 118))) < 5
    unit = chance.unit()
    assert unit.min() >= 0 and unit.max() < 1 and abs(unit.mean() - 0.5) < 5 / math.sqrt(12 * n)
    p = np.array([0.02, 0.5, 0.0, 0.28, 0.2])
    picked = np.bincount(chance.pick(np.cumsum(p).tolist()), minlength=5)
    assert picked[2] == 0 and abs(chi_square(picked[p > 0], n * p[p > 0])) < 5
    orders = chance.permutation(4) @ np.array([64, 16, 4, 1])
    assert abs(chi_square(np.unique(orders, return_counts=True)[1], np.full(24, n / 24))) < 5


def test_largest_bounds():
    chance = Chance(7)
    assert all(0 <= chance.below(2**31 - 1) < 2**31 - 1 for _ in range(50))
    assert Chance(7).below(1) == 0
    assert sorted(Chance(7).permutation(256)) == list(range(256))
    assert Chance(7).pick([1.0]) == 0


def test_numpy_generator_repeats():
    first, second = (Chance(7, 1, 2).generator().random(5) for _ in range(2))
    assert (first == second).all()
    with pytest.raises(InfogapError):
        Chance(np.arange(3, dtype=np.uint64), np.zeros(3, np.uint64), np.zeros(3, np.uint64)).generator()


# -- seeds and keys ----------------------------------------------------------------------------------------------------
def test_seeds():
    for seed, value in [(None, None), (0, 0), (np.int64(5), 5), (np.uint8(5), 5), (2**70, 2**70)]:
        checked = check_seed(seed)
        assert checked == value and (checked is None or type(checked) is int)
    others = (np.bool_(True), np.float64(1), np.array(1), np.nan, -(10**5000), 10**5000)
    for bad in (-1, 1.5, "a", True, b"1", [1], *others):
        with pytest.raises(InvalidSeed):
            check_seed(bad)


def test_keys():
    assert check_key(b"x") == b"x" and check_key(b"x" * 64)
    for bad in (b"", b"x" * 65, "x", 1, None, bytearray(b"x")):
        with pytest.raises(InvalidKey) as caught:
            check_key(bad)
        assert "xxx" not in str(caught.value)


# -- splits ------------------------------------------------------------------------------------------------------------
def test_splits_go_by_name_alone():
    """BLAKE2b of salt and name over 2**64, against the cumulative shares; shuffling names moves nothing."""
    names = [f"thing {i}" for i in range(3_000)]
    of = {name: split_of(name) for name in names}
    for name in names[:200]:
        digest = hashlib.blake2b(f"v0|{name}".encode(), digest_size=8).digest()
        u = int.from_bytes(digest, "big") / 2**64
        assert fraction(name) == u
        assert of[name] == ("train" if u < 0.7 else "val" if u < 0.8 else "test")
    masks = np.array([split_mask(names, split) for split in DEFAULT_SHARES])
    assert (masks.sum(0) == 1).all()
    for mask, share in zip(masks, DEFAULT_SHARES.values(), strict=True):
        assert abs(mask.mean() - share) < 4 * math.sqrt(share * (1 - share) / len(names))
    assert (split_mask(names[::-1], "test") == masks[2][::-1]).all()
    assert (split_mask(names, "test", salt="other") != masks[2]).any()
    with pytest.raises(InfogapError):
        split_mask(names, "dev")
