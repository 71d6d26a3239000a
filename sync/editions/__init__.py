"""Pages, signed editions, and the feeds that update a phone from one edition to another."""
