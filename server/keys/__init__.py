"""Key files beside the store: signing keys, public sealing keys and the VAPID key, readable by their owner alone."""
