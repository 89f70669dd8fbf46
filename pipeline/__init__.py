"""Nightdesk: a folder of news in four languages to faithful, checked summaries."""

__version__ = "0.1.0"
