"""What worker processes are asked to do: functions that import what they need and give plain values back."""
