"""Bytes to documents: one module per format, encodings repaired on the way."""
