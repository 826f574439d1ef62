"""The configuration of a Praxis agent: read as the agent reads it, and checked before anything runs."""
