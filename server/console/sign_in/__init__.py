"""Sign-in, one-time links and sign-out."""
