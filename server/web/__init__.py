"""HTTP concerns of all requests: errors, security headers, compression, CORS, caches and write coalescing."""
