import type { Run } from '../../evidence/run.ts';

/** Path of a run's folder as the run was told, or where it went by itself; as seen from where the gate was started. */
export function folderOf({ argv, id }: Run): string {
  const told = argv.flatMap((word, at) => {
    if (word.startsWith('--out=')) return [word.slice('--out='.length)];
    return argv[at - 1] === '--out' ? [word] : [];
  });
  return told.at(-1) ?? `runs/${id}`;
}
