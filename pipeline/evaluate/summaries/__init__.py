"""How good summaries are: ROUGE against people's, length, novelty, support, and leads beside."""
