/**
 * Acts made by hand, for tests of what reads acts and not of what makes them.
 *
 * Reads  src/custody (types).   Used by  tests.
 * @module
 */
import type { Act } from '../../src/custody/index.ts';

/** An act that says nothing but `said`: no place, no parent, no lot, one dose, made and recorded at 0. */
export function act(said: Pick<Act, 'ref' | 'step' | 'actor' | 'ids'> & Partial<Act>): Act {
  return {
    recordTimeMs: 0,
    timeMs: 0,
    kid: '',
    eventId: undefined,
    parent: undefined,
    place: undefined,
    from: undefined,
    to: undefined,
    toPlace: undefined,
    lot: undefined,
    expiry: undefined,
    actId: undefined,
    doses: 1,
    scan: undefined,
    more: undefined,
    ...said,
  };
}
