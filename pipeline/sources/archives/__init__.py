"""Web archives: WARC (ISO 28500), and WACZ, which packs several of them."""
