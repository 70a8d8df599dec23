"""What shoppers did, as retrieval."""
