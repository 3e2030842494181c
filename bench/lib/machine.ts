/**
 * The machine a figure was measured on: figures without it mean nothing.
 *
 * Reads  the operating system, statistics.ts.   Used by  ../main.ts.
 * Never  says whose machine it is: no host name, no user, no path.
 * @module
 */
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { median, significant } from './statistics.ts';

/** Head of every report. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  /** File system of the ledger files; `tmpfs` means that durability cost nothing, and append figures are worthless. */
  readonly fileSystem: string;
  /**
   * Median time of making 850 bytes durable there, µs. Figures of `append.1` cannot be read without it: where it is long, or the
   * machine is busy and a process waits for its next turn after each sync, ours and the baseline wait alike and the ratio flatters.
   */
  readonly syncUs: number;
  readonly node: string;
  /** Runnable processes during the minute before; near or above `cores` means that others were measured too. */
  readonly load: number;
  /** The command that made the figures. */
  readonly command: string;
  /** Day of the run, YYYY-MM-DD. */
  readonly date: string;
}

const PROBES = 101;
/** About one statement of `append.1`. */
const PROBE_BYTES = 850;

/** File systems by the number the kernel knows them by; see statfs(2). */
const FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x01021994, 'tmpfs'],
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x794c7630, 'overlayfs'],
  [0x2fc12fc1, 'zfs'],
]);

/**
 * Describes this machine.
 * @param folder - where the ledger files will be.
 * @param command - as typed.
 * @param date - the caller's; a benchmark reads no calendar.
 */
export function describeMachine(folder: string, command: string, date: string): Machine {
  const type = statfsSync(folder).type;
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
    fileSystem: FILE_SYSTEMS.get(type) ?? `type 0x${type.toString(16)}`,
    syncUs: syncUs(folder),
    node: process.versions.node,
    load: Number(loadavg()[0]!.toFixed(2)),
    command,
    date,
  };
}

function syncUs(folder: string): number {
  const path = join(folder, 'sync-probe');
  const file = openSync(path, 'a');
  const bytes = new Uint8Array(PROBE_BYTES);
  try {
    const times = Array.from({ length: PROBES }, () => {
      writeSync(file, bytes);
      const startedMs = performance.now();
      fdatasyncSync(file);
      return (performance.now() - startedMs) * 1000;
    });
    return significant(median(times));
  } finally {
    closeSync(file);
    rmSync(path);
  }
}
