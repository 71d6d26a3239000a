"""Publishing editions from the documents in the store, the publication log, and requests of other machines."""
