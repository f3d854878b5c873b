// SPDX-License-Identifier: Apache-2.0
//
// Small bodies that decompress to a lot of zeros.
import { gzipSync } from "node:zlib";

/** Concatenated gzip members, which together decompress to `bytes`. */
export function gzipBomb(bytes) {
  const part = 16 << 20;
  const member = gzipSync(Buffer.alloc(part), { level: 9 });
  return Buffer.concat(Array.from({ length: bytes / part }, () => member));
}

/** One zstd frame of RLE blocks, written by hand (RFC 8878 §3.1.1). */
export function zstdBomb(bytes) {
  const block = 128 << 10;  // the largest block
  const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
  const header = Buffer.from([0x00, 0x38]);  // no content size, a window of 128 KiB
  const count = bytes / block;
  const blocks = Buffer.alloc(4 * count);
  for (let i = 0; i < count; ++i) {
    const last = i === count - 1 ? 1 : 0;
    blocks.writeUIntLE(last | (1 << 1) | (block << 3), 4 * i, 3);  // RLE: one byte follows, a zero
  }
  return Buffer.concat([magic, header, blocks]);
}
