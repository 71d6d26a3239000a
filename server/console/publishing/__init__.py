"""Publishing: planned changes and download costs by channel, history, republishing an older edition."""
