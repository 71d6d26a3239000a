"""Images and recordings: shrunk in a process of their own, kept by the digest of their bytes, shown with what they cost."""
