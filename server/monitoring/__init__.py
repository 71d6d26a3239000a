"""Figures about this process, its site and its hubs, for programs that watch servers. No reader is in them."""
