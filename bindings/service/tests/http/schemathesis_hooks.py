"""Teaches schemathesis to send lines of JSON."""

import schemathesis


@schemathesis.serializer("application/x-ndjson")
def lines(_context, value):
    """A text is sent as it is."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else repr(value).encode()
