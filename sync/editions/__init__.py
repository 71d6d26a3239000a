"""What a phone reads: pages, signed editions, and the feeds that take a phone from one edition to another."""
