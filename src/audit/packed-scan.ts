// Browser-safe.
/**
 * What an act says of a scan, packed.
 *
 * Reads  packing.ts, custody/ (acts).   Used by  packed-acts.ts.
 * @module
 */
import type { ScanFacts } from '../custody/index.ts';
import type { Packer, Unpacker } from './packing.ts';

const PRESENTED = 1;
const MANUAL = 2;
const MACHINE = 4;
const POINT = 8;
const SESSION = 16;
const UNUSED = 32;
const COUNTRIES = 64;

/** Writes it. */
export function writeScan(packer: Packer, scan: ScanFacts): void {
  const { presented, manual, machine, point, countries, session, unused } = scan;
  packer.uint(
    (presented === undefined ? 0 : PRESENTED) |
      (manual ? MANUAL : 0) |
      (machine ? MACHINE : 0) |
      (point === undefined ? 0 : POINT) |
      (session === undefined ? 0 : SESSION) |
      (unused ? UNUSED : 0) |
      (countries.length === 0 ? 0 : COUNTRIES),
  );
  if (presented !== undefined) packer.text(presented);
  if (point !== undefined) {
    packer.float(point.latitude);
    packer.float(point.longitude);
    packer.float(point.radius);
  }
  if (countries.length > 0) packer.text(JSON.stringify(countries));
  if (session !== undefined) packer.text(session);
}

/** Reads what {@link writeScan} wrote. */
export function readScan(packed: Unpacker): ScanFacts {
  const flags = packed.uint();
  return {
    presented: (flags & PRESENTED) === 0 ? undefined : packed.text(),
    manual: (flags & MANUAL) !== 0,
    machine: (flags & MACHINE) !== 0,
    point:
      (flags & POINT) === 0
        ? undefined
        : { latitude: packed.float(), longitude: packed.float(), radius: packed.float() },
    countries: (flags & COUNTRIES) === 0 ? [] : (JSON.parse(packed.text()) as string[]),
    session: (flags & SESSION) === 0 ? undefined : packed.text(),
    unused: (flags & UNUSED) !== 0,
  };
}
