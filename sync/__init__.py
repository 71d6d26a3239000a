"""Documents, editions, feeds, forms, submissions and stores. No HTTP; clock and settings are passed in."""

PROGRAM = "kunnafoni"
