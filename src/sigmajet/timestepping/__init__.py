"""Integration in time, by steps of a state or by windows of a trajectory."""
