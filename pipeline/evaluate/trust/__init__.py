"""How well trust in a translation follows people's ratings, with simpler signs beside it."""
