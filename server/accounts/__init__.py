"""Accounts, passwords, second factors, invitations and sessions, in the collection `people`. Independent of HTTP."""
