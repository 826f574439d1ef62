"""faultbook: failure modes, checklists and playbooks, each shown by a captured log."""

__version__ = "0.1.0"
