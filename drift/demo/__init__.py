"""What drift adds to the demo, and a month of traffic with changes in it."""
