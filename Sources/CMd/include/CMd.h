#pragma once
// Digests of libmd: FIPS 180-4.

#include <stddef.h>
#include <stdint.h>

enum { CMd_sha256Length = 32, CMd_sha512Length = 64 };

// Writes the SHA-256 digest of `length` bytes to `digest`, which has room for CMd_sha256Length bytes.
void CMd_sha256(const uint8_t *bytes, size_t length, uint8_t *digest);

// Writes the SHA-512 digest of `length` bytes to `digest`, which has room for CMd_sha512Length bytes.
void CMd_sha512(const uint8_t *bytes, size_t length, uint8_t *digest);
