"""Signatures and how they are searched for: one definition of a line, one dialect, one search."""
