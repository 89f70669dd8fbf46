"""Where and how a network runs: device, number format, matrices laid out, adapters."""
