"""Encoder-decoder models from the Hugging Face Hub as engines."""
