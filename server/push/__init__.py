"""Web Push transport: subscriptions, the fan-out over shards, connections to push services."""
