"""Grounding: for each sentence of a summary its evidence in the source, and how well it holds."""
