"""One module an output format: a pure function from a result to text."""
