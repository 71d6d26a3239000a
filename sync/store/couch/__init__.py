"""The store backend for CouchDB 3, based on couchdb-python, and the administration of CouchDB."""
