"""Coming in and going out: sign-in, one-time links, sign-out."""
