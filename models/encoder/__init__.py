"""Sentence encoders: texts of any language to vectors that lie close where they say the same."""
