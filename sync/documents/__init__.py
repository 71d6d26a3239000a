"""What people write: kinds, their checks, files in and out, and how a document becomes a page."""
