"""The parts of bench/macro.py: processes, meters, workloads, report. Python's standard library only."""
