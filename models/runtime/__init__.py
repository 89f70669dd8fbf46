"""The running of a network: device, number format, layout of matrices, adapters."""
