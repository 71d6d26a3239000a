"""The Starlette server and the command line: all code that needs a clock, a socket or environment variables."""

PROGRAM = "kunnafoni"
