"""The Starlette server and the command line: everything with a clock, a socket or an environment."""
