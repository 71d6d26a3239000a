"""What readers are answered: pages that need no script, feeds, the app's files."""
