"""Publishing: what changes in each channel, what each phone will download for it, the history, an older edition again."""
