"""Captions: SubRip (SRT) and WebVTT."""
