/**
 * A folder for files of one run.
 *
 * Reads  nothing.   Used by  ../main.ts, the benchmarks that write.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Made at once, removed at the end. */
export class Workspace {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'countermark-bench-'));

  file(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
