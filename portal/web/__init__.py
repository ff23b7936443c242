"""What both faces share on HTTP."""
