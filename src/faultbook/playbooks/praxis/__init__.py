"""The stories of the playbooks on Praxis."""
