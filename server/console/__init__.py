"""The coordinators' console: pages that work without script. README.md says how an area is added."""
