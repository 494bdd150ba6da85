"""What pages and messages of drift say, in words and pictures."""
