"""One vector of what an item says, looks like, sounds like and is bought with, in the space of typed words."""
