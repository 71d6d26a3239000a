"""The command line `kunnafoni`: one module per group of commands, and their shared parts."""
