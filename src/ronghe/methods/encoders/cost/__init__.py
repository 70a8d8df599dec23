"""What an encoder costs, and how it costs less: fewer layers and heads, smaller vectors, the best that a budget allows."""
