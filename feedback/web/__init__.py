"""What pages of the upper app share."""
