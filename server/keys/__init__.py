"""Files of keys beside the store: signing keys, sealing keys, the VAPID key, and who may read them."""
