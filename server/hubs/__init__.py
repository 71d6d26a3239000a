"""Village hubs: small computers that CouchDB's own replication keeps in step with headquarters. Editions go down, answers come up."""
