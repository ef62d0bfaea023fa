import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/**
 * Writes the server with all it depends on as one file, which is all that the image needs: nothing is fetched while it is built.
 * Returns the path of the file.
 */
export async function bundle(): Promise<string> {
  const file = fileURLToPath(new URL('build/server.mjs', import.meta.url));
  const build = await rolldown({
    input: fileURLToPath(new URL('main.ts', import.meta.url)),
    platform: 'node',
    logLevel: 'warn',
  });
  await build.write({ file, format: 'esm', codeSplitting: false, minify: false });
  await build.close();
  return file;
}

if (import.meta.main) process.stdout.write(`${await bundle()}\n`);
