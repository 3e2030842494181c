// Goal: whatever was remembered or forgotten of an entry, the acts that name a subject are those the derived index counts.
// Method: entries of acts about each other's units, containers, stock and event ids, asked for often enough to be put in order.
import { describe, expect, it } from 'vitest';
import { namedSubjects, type Act } from '../../src/custody/index.ts';
import { NOTHING_MORE } from '../../src/custody/act-more.ts';
import { EntryMemory } from '../../src/ledger/entry-memory.ts';
import type { DecodedEntry } from '../../src/ledger/decoded.ts';
import { act } from '../support/act.ts';

const unit = (number: number): string => `https://id.gs1.org/01/09506000134352/21/S${number}`;
const container = (number: number): string => `https://id.gs1.org/00/1${String(number).padStart(17, '0')}`;

function actOf(entry: number, event: number): Act {
  const number = entry * 3 + event;
  return act({
    ref: { entry, event },
    step: 'pack',
    actor: 'https://id.gs1.org/417/9506000134352',
    eventId: event % 2 === 0 ? `urn:x:${number}` : undefined,
    ids: event === 2 ? [container(number)] : [unit(number), unit(number + 1)],
    parent: event === 1 ? container(number + 1) : undefined,
    more: event === 0 ? { ...NOTHING_MORE, absent: [unit(number + 2)] } : undefined,
  });
}

function entryOf(entry: number): DecodedEntry {
  return { entry, recordTimeMs: 0, fact: undefined, acts: [0, 1, 2].map((event) => actOf(entry, event)) };
}

function expectAll(memory: EntryMemory, decoded: DecodedEntry): void {
  const subjects = [...namedSubjects(decoded.acts).keys(), unit(1_000_000), container(0), 'event/urn:x:5'];
  for (const subject of subjects) {
    const named = decoded.acts.filter((one) => namedSubjects([one]).has(subject));
    expect(memory.actsNaming(decoded, subject)).toEqual(named);
  }
}

describe('EntryMemory', () => {
  it('finds the acts that name a subject, of entries kept, read once, read again and forgotten', () => {
    const memory = new EntryMemory();
    for (let entry = 0; entry < 400; entry++) {
      const decoded = entryOf(entry);
      expect(memory.get(entry)).toBe(undefined);
      if (entry % 3 === 0) memory.keep(decoded);
      else memory.add(decoded);
      expect(memory.get(entry)).toBe(decoded);
      for (let turn = 0; turn < 2; turn++) expectAll(memory, decoded);
      memory.settle();
    }
    for (let entry = 0; entry < 400; entry++) expectAll(memory, memory.get(entry) ?? entryOf(entry));
  });

  it('forgets what was read once and not asked for since, and keeps the rest', () => {
    const memory = new EntryMemory();
    memory.keep(entryOf(0));
    memory.add(entryOf(1));
    memory.add(entryOf(2));
    for (let entry = 3; entry < 400; entry++) {
      memory.add(entryOf(entry));
      memory.settle();
      // Each time one generation later than the time before.
      memory.get(2);
    }
    expect([0, 1, 2].map((entry) => memory.get(entry)?.entry)).toEqual([0, undefined, 2]);
  });
});
