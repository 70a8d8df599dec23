"""What is shown: order, diversity, rules, odds."""
