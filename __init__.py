"""Reinforcement-learning environments with a declared, checked and measured information gap."""

__version__ = "0.1.0"
