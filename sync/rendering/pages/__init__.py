"""The pages of a channel, a module for each thing a person comes for. Functions take the channel's view and give pages in order."""
