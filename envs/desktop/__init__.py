"""Computer use: mock office software of one company, whose true state only the verifier sees."""
