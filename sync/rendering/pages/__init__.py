"""The pages of a channel, one module per subject. Functions take the channel's view and return pages in order."""
