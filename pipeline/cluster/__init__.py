"""The stages of a run on a Ray cluster: partitions through actors, barriers in parts."""
