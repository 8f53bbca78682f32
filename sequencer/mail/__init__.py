"""The pure world of RFC 5322: bytes to values, values to bytes."""
