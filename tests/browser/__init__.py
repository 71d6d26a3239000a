"""Stories in a real Chromium, against the real server: what a person with this phone would see."""
