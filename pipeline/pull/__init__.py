"""Feeds brought into an inbox: the one room that uses the network, because it was asked to."""
