"""Maintenance of a site: backup and restore, the doctor's checks, replication conflicts."""
