"""Weights: their list, their way to this machine, and their verification."""
