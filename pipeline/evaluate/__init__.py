"""How good the results are: scores, faults that can be counted, and how sure the figures are."""
