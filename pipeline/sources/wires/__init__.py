"""Agency wires after the standards of the IPTC: NITF, NewsML-G2, ninjs."""
