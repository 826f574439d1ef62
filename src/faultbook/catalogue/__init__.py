"""The five nouns (log, failure mode, checklist, playbook, sample), read from the pages which are their truth."""
