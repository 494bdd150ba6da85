"""What inputs and outputs are like, apart from what they are about: features of a row, their sums over a
day, and the test of a day against the days before. Pure; no third-party package but those of assertions,
and dictionaries."""
