"""Where records are kept: the contract in words, and the backends that keep it."""
