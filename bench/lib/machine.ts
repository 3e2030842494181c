/**
 * The machine a figure was measured on: figures without it mean nothing.
 *
 * Reads  the operating system.   Used by  ../main.ts.
 * Never  says whose machine it is: no host name, no user, no path.
 * @module
 */
import { statfsSync } from 'node:fs';
import { arch, availableParallelism, cpus, loadavg, platform, totalmem } from 'node:os';

/** Head of every report. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  /** File system of the ledger files; `tmpfs` means that durability cost nothing, and append figures are worthless. */
  readonly fileSystem: string;
  readonly node: string;
  /** Runnable processes during the minute before; near or above `cores` means that others were measured too. */
  readonly load: number;
  /** The command that made the figures. */
  readonly command: string;
  /** Day of the run, YYYY-MM-DD. */
  readonly date: string;
}

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
    node: process.versions.node,
    load: Number(loadavg()[0]!.toFixed(2)),
    command,
    date,
  };
}
