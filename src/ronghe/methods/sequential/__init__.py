"""What comes next: the order of what shoppers did, as retrieval."""
