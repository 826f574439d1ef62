"""From logs to the failure modes they show, causes first, and to what no signature explains."""

from faultbook.diagnose.diagnosis import Diagnosis, Evidence, Finding, LogRead, Unexplained, diagnose

__all__ = ["Diagnosis", "Evidence", "Finding", "LogRead", "Unexplained", "diagnose"]
