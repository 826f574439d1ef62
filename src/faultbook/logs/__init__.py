"""Readers of log formats: each takes a path or an open file, streams it, and yields frozen records."""
