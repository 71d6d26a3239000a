"""The coordinators' console: pages that work without script. README.md describes how to add an area."""
