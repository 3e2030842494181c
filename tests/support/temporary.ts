/**
 * Temporary folders for tests that need files.
 *
 * Reads  the system's folder for temporary files.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder, its paths, and its removal. */
export interface TemporaryFolder {
  readonly path: string;
  file(name: string): string;
  remove(): void;
}

/** Makes a new, empty folder. */
export function temporaryFolder(): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), 'countermark-'));
  return {
    path,
    file: (name) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
