"""How far a translation can be trusted: the rating that people are expected to give it."""
