"""Which weights there are, and how they come to this machine and are verified."""
