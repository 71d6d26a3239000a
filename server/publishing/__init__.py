"""Publishing editions from stored documents, the publication log, and requests from machines without the key."""
