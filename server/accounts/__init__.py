"""Who works here: accounts and their roles, passwords, second factors, one-time links, sessions. Kept in the room `people`; no HTTP."""
