"""Documents to finished pages: which documents a channel shows, their addresses, templates and pages."""
