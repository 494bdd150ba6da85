"""Shapes that the parts of the classifier share."""

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]
Vectors = Singles  # (n, d), each row of length 1
Classes = NDArray[np.intp]  # (n,), from 0 to k - 1; or row numbers
