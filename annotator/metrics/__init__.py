"""What a monitoring system reads: families of numbers, from whichever app knows them."""
