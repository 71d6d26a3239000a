"""Hubs and machines: how replication goes, when each hub was last heard of, and versions that it left, to be settled."""
