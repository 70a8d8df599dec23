"""Encoders tuned on what a shop knows: checkpoints, pairs, losses, courses, export. Needs the extra train; serving does not."""
