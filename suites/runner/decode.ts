import type { Duplex, Readable } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';
import type { readCodings } from '../../traffic/outcomes.ts';

/** How large an answer may be to be read, as it comes and decompressed. */
export const mostBytes = 8 * 1024 * 1024;

const decoders: Record<Exclude<(typeof readCodings)[number], 'identity'>, () => Duplex> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Those that a readable `Content-Encoding` needs, in its order. */
export function decodersOf(contentEncoding: string) {
  const names = contentEncoding.split(',').map((name) => name.trim());
  return names.flatMap((name) =>
    Object.entries(decoders).flatMap(([known, decoder]) =>
      known === name ? [{ name, decoder }] : [],
    ),
  );
}

/** What a stream gives, as far as it may be read, with what broke it off. It is of a larger `size` than the bytes where there was more. */
export async function upToLimit(
  stream: Readable | Duplex,
): Promise<{ bytes: Buffer; size: number; error?: unknown }> {
  const chunks: Buffer[] = [];
  let size = 0;
  const bytes = () => Buffer.concat(chunks);
  try {
    for await (const chunk of stream) {
      const read = Buffer.from(chunk);
      size += read.length;
      if (size > mostBytes) break;
      chunks.push(read);
    }
  } catch (error) {
    return { bytes: bytes(), size, error };
  }
  return { bytes: bytes(), size };
}
