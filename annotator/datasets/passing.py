"""Which texts are nearly the same as very many others that pass by, some thousand at a time. Pure; needs numpy.

Memory is of the texts alone (128 bytes each), whatever passes. Candidates share a band, as in
`annotator.datasets.similar`; of what passes at a time with the same key, one stands for all. That bounds the
comparisons by the texts, also where a long instruction makes everything look alike; two that are nearly the same
share several bands.
"""

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from annotator.datasets.similar import BANDS, Hashes, Texts, likeness

Numbers = npt.NDArray[np.int64]


class Passing:
    """`which`: numbers of the texts in `texts` that are looked at; here they are called by their place in it."""

    def __init__(self, texts: Texts, which: Numbers) -> None:
        self._keys: list[Hashes] = []
        self._order: list[Hashes] = []
        self._texts, self._which = texts, which
        for band in range(BANDS):
            keys = texts.band(band, which)
            order = np.argsort(keys, kind="stable")
            self._keys.append(keys[order])
            self._order.append(order.astype(np.uint32))

    def near(
        self,
        bands: Hashes,
        sketches: Callable[[list[int]], Mapping[int, bytes]],
        wanted: npt.NDArray[np.bool_],
    ) -> list[int]:
        """Places of the texts that are nearly the same as one of those that pass, of the `wanted`: (texts,) of bool.

        `bands`: (passing, BANDS). `sketches` is asked for the rows of `bands` that are compared.
        """
        pairs = self._candidates(bands, wanted)
        known = sketches(sorted({row for _place, row in pairs}))
        found: list[int] = []
        for place, row in pairs:  # those of one text follow each other
            if found and found[-1] == place:
                continue
            own = self._texts.sketch(int(self._which[place]))
            if likeness(own, np.frombuffer(known[row], dtype="<u4")) >= self._texts.threshold:
                found.append(place)
        return found

    def _candidates(self, bands: Hashes, wanted: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
        """(place, row) of pairs that share a band, each once, in order."""
        if not len(bands) or not wanted.any():
            return []
        found = []
        for band in range(BANDS):
            keys, rows = np.unique(bands[:, band], return_index=True)
            low = np.searchsorted(self._keys[band], keys, side="left")
            crowd = np.searchsorted(self._keys[band], keys, side="right") - low
            begins = np.repeat(low - np.cumsum(crowd) + crowd, crowd)
            places = self._order[band][begins + np.arange(crowd.sum())]
            keep = wanted[places]
            found.append(places[keep].astype(np.int64) * len(bands) + np.repeat(rows, crowd)[keep])
        pairs = np.unique(np.concatenate(found))
        return list(zip((pairs // len(bands)).tolist(), (pairs % len(bands)).tolist(), strict=True))
