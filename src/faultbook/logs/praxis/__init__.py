"""Readers of what a Praxis agent writes, and of what its callers got."""
