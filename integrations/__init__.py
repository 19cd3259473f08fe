"""Other people's frameworks: one file and one extra each, imported when a function needs them."""
