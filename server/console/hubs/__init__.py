"""Hubs and machines: state of replication, last contact, and conflicts that need a decision."""
