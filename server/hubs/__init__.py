"""Village hubs: small computers that replicate with headquarters by CouchDB. Editions down, submissions up."""
