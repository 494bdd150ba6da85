"""What is told to people, as kinds."""
