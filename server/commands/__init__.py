"""The command line `kunnafoni`: one module for each group of commands, and what they share."""
