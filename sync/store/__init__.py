"""Stores of records and blobs: the contract in words, and the backends that implement it."""
