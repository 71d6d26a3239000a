"""What travels and where it is kept: documents, editions, feeds, stores. No HTTP, no clock, no environment of its own."""
