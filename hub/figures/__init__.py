"""Indicators computed: from what was told to a graded figure that can be traced back."""
