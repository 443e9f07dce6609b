"""Enrolment: our own small certificate authority, the registry of devices, the broker's settings.

A certificate's common name is the device's name is its identity at the broker.  Imports contracts.
"""
