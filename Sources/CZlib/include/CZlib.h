#pragma once
// zlib's inflate for gzip streams, in C because a macro initializes zlib's structure and Swift cannot call it.

#include <stddef.h>
#include <stdint.h>

typedef enum {
  CZlib_done,
  CZlib_corrupt,
  CZlib_truncated,
  CZlib_tooLong,
  CZlib_noMemory,
} CZlib_Outcome;

// Inflates every gzip member of `input` and passes each piece of the output to `sink`, at most `limit` bytes in total.
CZlib_Outcome CZlib_gunzip(
    const uint8_t *input, size_t length, size_t limit, void (*sink)(void *owner, const uint8_t *bytes, size_t count),
    void *owner);
