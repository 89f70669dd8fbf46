"""The quality of results: scores, faults that can be counted, and confidence intervals."""
