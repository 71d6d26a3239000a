"""The runner of everything that outlives a request, and the states that readiness reads from it."""
