"""Images and recordings: sent or recorded here, shrunk, listed with what they cost a reader."""
