"""Search in people's words: sounds, ignored words and synonyms, ranking, passages. Twins: pwa/src/search/."""
