"""Decompresses answers in small steps, so that a few bytes can't become gigabytes."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

LARGEST_STEP = 256 * 1024
"""Bytes of decompressed data that exist at a time."""

_GZIP_OR_ZLIB = zlib.MAX_WBITS | 32
_RAW_DEFLATE = -zlib.MAX_WBITS


class CodingError(Exception):
    """The body is not compressed as its header says, or in a way we don't know.

    Attributes:
        coding: The `Content-Encoding` by the server's word.
    """

    def __init__(self, coding: str) -> None:
        super().__init__(coding)
        self.coding = coding


class Decoder(Protocol):
    """Takes a body in pieces and gives it decompressed in bounded pieces."""

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield what this piece decompresses to.

        Raises:
            CodingError: It is not what the header says.
        """


def decoder_for(content_encoding: str) -> Decoder:
    """Return the decoder for a `Content-Encoding` header.

    We ask for no compression; some servers and gateways compress all the same.

    Raises:
        CodingError: The coding is unknown, or there is more than one.
    """
    coding = content_encoding.strip().lower()
    if coding in ("", "identity"):
        return _Identity()
    if coding in ("gzip", "x-gzip", "deflate"):
        return _Zlib(coding)
    if coding == "br":
        return _Brotli()
    raise CodingError(coding)


class _Identity:
    def feed(self, piece: bytes) -> Iterator[bytes]:
        yield piece


class _Zlib:
    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._fresh = True
        self._members = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        data = piece
        while data:
            if self._inflater.eof:
                # A gzip body may consist of several members (RFC 1952, section 2.2).
                self._inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
                self._members += 1
            out = self._inflate(data)
            if out:
                yield out
            data = self._inflater.unconsumed_tail or self._inflater.unused_data
        while not self._inflater.eof:
            out = self._inflate(b"")
            if not out:
                return
            yield out

    def _inflate(self, data: bytes) -> bytes:
        try:
            out = self._inflater.decompress(data, LARGEST_STEP)
        except zlib.error:
            if self._members:
                # What follows a whole member and is none itself is padding.
                return b""
            if self._coding != "deflate" or not self._fresh:
                raise CodingError(self._coding) from None
            # Some servers send "deflate" without its wrapper (RFC 9110, 8.4.1.2).
            self._inflater = zlib.decompressobj(_RAW_DEFLATE)
            try:
                out = self._inflater.decompress(data, LARGEST_STEP)
            except zlib.error:
                raise CodingError(self._coding) from None
        self._fresh = False
        return out


class _Brotli:
    """Brotli, for servers that insist on it, when the library is installed."""

    def __init__(self) -> None:
        try:
            import brotli
        except ImportError:
            raise CodingError("br") from None
        self._error = brotli.error
        self._decompressor = brotli.Decompressor()

    def feed(self, piece: bytes) -> Iterator[bytes]:
        data = piece
        while True:
            try:
                out: bytes = self._decompressor.process(
                    data, output_buffer_limit=LARGEST_STEP
                )
            except (self._error, TypeError):
                raise CodingError("br") from None
            if out:
                yield out
            if self._decompressor.can_accept_more_data():
                return
            data = b""
