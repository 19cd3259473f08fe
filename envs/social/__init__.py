"""Games among agents with private information, in PettingZoo's forms."""
