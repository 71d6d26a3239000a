"""The rumour desk: reports that say the same joined into cases, decided on, and answered together."""
