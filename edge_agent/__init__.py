"""The box at the camera: capture, detect, confirm, keep, send.  Imports contracts alone."""
