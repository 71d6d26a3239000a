"""The phones of facilitators: invited by a code on a sheet of paper, revoked when they are lost."""
