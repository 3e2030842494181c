/**
 * Starting an appender, listening to what it acknowledges, and killing it.
 *
 * Reads  appender.ts.   Used by  the tests of this folder.
 * @module
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('./appender.ts', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

/** What an appender said until it ended. */
export interface Outcome {
  /** Statement by acknowledged index. */
  readonly acknowledged: ReadonlyMap<number, string>;
  readonly lines: readonly string[];
  readonly stderr: string;
  /** Name of the signal that ended it, or its exit code. */
  readonly end: string | number | null;
}

/** What to do to an appender. */
export interface Orders {
  readonly path: string;
  readonly name: string;
  readonly count: number;
  readonly create?: boolean;
  /** Kill it this long after its first line that matches; never, if absent. */
  readonly kill?: { readonly line: RegExp; readonly afterMs: number };
  /** Called when it is ready, and at half of its work; it goes on once the promise resolves. */
  readonly barrier?: Barrier;
  /** Greatest size of any file it writes, in units of 512 bytes. */
  readonly fileBlocksMax?: number;
}

/** Resolves for everyone who has reached `stage` when all have. */
export type Barrier = (stage: string) => Promise<void>;

/** A barrier for `count` appenders. */
export function createBarrier(count: number): Barrier {
  const waiting = new Map<string, (() => void)[]>();
  return (stage) =>
    new Promise((resolve) => {
      const all = [...(waiting.get(stage) ?? []), resolve];
      waiting.set(stage, all);
      if (all.length === count) for (const release of all) release();
    });
}

/** Runs one appender to its end. */
export function runAppender(orders: Orders): Promise<Outcome> {
  const { path, name, count, create, kill, barrier, fileBlocksMax } = orders;
  const modes = [create === true ? 'create' : 'open', barrier === undefined ? 'go' : 'wait'];
  const command = ['--import', 'tsx', script, path, name, String(count), ...modes];
  const limited = ['-c', `ulimit -f ${fileBlocksMax}; exec "$@"`, 'sh', process.execPath, ...command];
  const child =
    fileBlocksMax === undefined
      ? spawn(process.execPath, command, { cwd: root })
      : spawn('sh', limited, { cwd: root });
  const acknowledged = new Map<number, string>();
  const lines: string[] = [];
  let rest = '';
  let stderr = '';
  let doomed = false;
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop()!;
    for (const line of parts) {
      lines.push(line);
      if (line === 'ready' || line === 'half') void barrier?.(line).then(() => child.stdin.write('\n'));
      const match = /^(\d+) (.+)$/.exec(line);
      if (match !== null) acknowledged.set(Number(match[1]), match[2]!);
      if (kill === undefined || doomed || !kill.line.test(line)) continue;
      doomed = true;
      setTimeout(() => child.kill('SIGKILL'), kill.afterMs);
    }
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ acknowledged, lines, stderr, end: signal ?? code }));
  });
}
