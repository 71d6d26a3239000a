"""What every answer passes: errors, security headers, compression, CORS, caches, the packets themselves."""
