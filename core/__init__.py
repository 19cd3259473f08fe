"""The contract every environment honours: truth and partition, views, doors, chance, verdicts, beliefs, bases.

Knows no environment.
"""
