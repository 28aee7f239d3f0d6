"""The clinic: `diagnose` says which mistake a wrong gradient has."""

from unrolled.clinic.catalogue import SLIPS
from unrolled.clinic.diagnosis import Diagnosis, diagnose

__all__ = ["SLIPS", "Diagnosis", "diagnose"]
