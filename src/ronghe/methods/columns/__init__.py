"""What filters and rankers look up of items, shoppers and queries, as of the moment."""
