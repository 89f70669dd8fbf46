"""Names: which words are, how they are romanised and paired, and one spelling for each."""
