"""Keeping a site safe: backup and restore, the doctor, conflicts that replication left."""
