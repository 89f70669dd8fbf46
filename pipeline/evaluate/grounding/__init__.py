"""How well support is judged: claims that people labelled, our judge, and baselines beside it."""
