"""The store in CouchDB 3, through couchdb-python, and the administration of CouchDB."""
