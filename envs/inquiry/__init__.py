"""Inquiry: find a hidden hypothesis by asking.

Answers come from a table ``A[hypothesis, question]`` of any alphabet.
"""
