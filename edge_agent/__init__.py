"""The box at the camera: capture, detect, confirm over time, keep, send.  Imports contracts only."""
