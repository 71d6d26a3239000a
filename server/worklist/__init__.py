"""The work that waits for a person or a role, by urgency: collected from the other rooms once after a change."""
