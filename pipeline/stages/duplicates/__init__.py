"""Copies among many paragraphs: sketches, the pairs they suggest, and what proves a pair."""
