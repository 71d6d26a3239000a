"""Rendering of documents as pages: selection of a channel's documents, addresses, templates, pages."""
