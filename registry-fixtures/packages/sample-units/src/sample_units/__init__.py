"""Lengths with a unit: Length(3, "ft").to("m")."""
from dataclasses import dataclass

METRES = {"m": 1.0, "km": 1000.0, "ft": 0.3048, "fathom": 1.8288}


@dataclass(frozen=True)
class Length:
    value: float
    unit: str

    def __post_init__(self):
        if self.unit not in METRES:
            raise ValueError(f"no unit {self.unit!r}; there are {', '.join(METRES)}")

    def to(self, unit):
        """The same length in another unit."""
        return Length(self.value * METRES[self.unit] / METRES[unit], unit)

    def __str__(self):
        return f"{self.value:.2f} {self.unit}"
