"""From prompts to tokens: batches, caches, greedy and beam search, scores."""
