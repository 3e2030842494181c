/**
 * Where the public test vectors lie: data that others maintain, read in place and never copied into the project.
 *
 * Reads  the folder COUNTERMARK_VECTORS, default ../shared/vectors from the project's root.
 * @module
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = resolve(root, process.env['COUNTERMARK_VECTORS'] ?? '../shared/vectors');

/** Absolute path of a vector file or folder, or undefined (after saying so) where the vectors are absent. */
export function vectorsPath(name: string): string | undefined {
  const path = resolve(folder, name);
  if (existsSync(path)) return path;
  console.warn(`public vectors absent, test skipped: ${name} (set COUNTERMARK_VECTORS)`);
  return undefined;
}
