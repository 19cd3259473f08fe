"""What the tests share. No tests/__init__.py: in a root package it would rename every test module."""

import os

# Before NumPy loads: plots without a display, one thread a process (the tests run side by side).
os.environ.setdefault("MPLBACKEND", "Agg")
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import gymnasium
import pytest

import infogap  # noqa: F401 - registers the environments

GYMNASIUM_IDS = sorted(name for name in gymnasium.registry if name.startswith("infogap/"))


@pytest.fixture(scope="session")
def ids() -> list[str]:
    """Every Gymnasium id that infogap registers."""
    return GYMNASIUM_IDS


@pytest.fixture(params=GYMNASIUM_IDS)
def env_id(request: pytest.FixtureRequest) -> str:
    """One Gymnasium id of infogap; a test that asks for it runs once for each."""
    return request.param
