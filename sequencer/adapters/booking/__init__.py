"""Booking tools: is this delivery from the tool, and what does it say? One file for each tool."""
