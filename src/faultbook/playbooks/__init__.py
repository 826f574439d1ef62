"""Playbooks: notebooks which read logs and end with a verdict; how they are executed, kept and checked."""
