#include "CZlib.h"

#include <zlib.h>

CZlib_Outcome CZlib_gunzip(
    const uint8_t *input, size_t length, size_t limit, void (*sink)(void *owner, const uint8_t *bytes, size_t count),
    void *owner) {
  uint8_t piece[32 * 1024];
  z_stream stream = {0};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return CZlib_noMemory;
  stream.next_in = (Bytef *)input;
  stream.avail_in = (uInt)length;
  CZlib_Outcome outcome = CZlib_truncated;
  size_t total = 0;
  for (;;) {
    stream.next_out = piece;
    stream.avail_out = sizeof piece;
    int status = inflate(&stream, Z_NO_FLUSH);
    size_t count = sizeof piece - stream.avail_out;
    if (count > limit - total) {
      outcome = CZlib_tooLong;
      break;
    }
    total += count;
    if (count > 0) sink(owner, piece, count);
    if (status == Z_STREAM_END) {
      // Like Go's gzip reader, continue with the next member until the input ends.
      if (stream.avail_in == 0) {
        outcome = CZlib_done;
        break;
      }
      if (inflateReset(&stream) != Z_OK) {
        outcome = CZlib_corrupt;
        break;
      }
      continue;
    }
    if (status == Z_MEM_ERROR) {
      outcome = CZlib_noMemory;
      break;
    }
    if (status != Z_OK && status != Z_BUF_ERROR) {
      outcome = CZlib_corrupt;
      break;
    }
    if (count == 0 && stream.avail_in == 0) break;
    if (status == Z_BUF_ERROR && count == 0) break;
  }
  inflateEnd(&stream);
  return outcome;
}
