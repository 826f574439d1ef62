"""The tests; each docstring is the behaviour in one sentence."""
