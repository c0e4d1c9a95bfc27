"""Requests to servers on this machine, without TLS: to read its certificates takes fifty times as long as a request."""

import ssl
from functools import partial

import httpx2

request = partial(httpx2.request, verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
get, post = partial(request, "GET"), partial(request, "POST")
