// Goal: ids that are made on demand are an array wherever rules look, and are made once, and only if more than their number is asked for.
// Method: the same questions to a plain array.
import { describe, expect, it } from 'vitest';
import { idsOnDemand } from '../../src/audit/ids-on-demand.ts';
import { contentOf, type Act } from '../../src/custody/index.ts';
import { act } from '../support/act.ts';

const IDS = ['https://id.gs1.org/01/09506000134352/21/A', 'https://id.gs1.org/01/09506000134352/21/B'];

const SAID = { ref: { entry: 0, event: 0 }, step: 'ship', actor: 'p' } as const;

/** What rules ask of ids. */
const QUESTIONS: readonly ((ids: readonly string[]) => unknown)[] = [
  (ids) => ids[0],
  (ids) => ids[2],
  (ids) => ids.at(-1),
  (ids) => ids.includes(IDS[1]!),
  (ids) => ids.some((id) => id.endsWith('B')),
  (ids) => ids.find((id) => id.endsWith('B')),
  (ids) => ids.filter((id) => id.endsWith('A')),
  (ids) => ids.map((id) => id.length),
  (ids) => [...ids, 'more'],
  (ids) => [...ids.keys()],
  (ids) => Array.from(ids),
  (ids) => Object.keys(ids),
  (ids) => ids.concat(['more']),
  (ids) => JSON.stringify({ ids }),
  (ids) => new Set(ids),
  (ids) => 1 in ids,
];

describe('ids on demand', () => {
  it('answer as an array does, and are made once', () => {
    for (const ask of QUESTIONS) {
      let made = 0;
      const ids = idsOnDemand(2, () => {
        made++;
        return IDS;
      });
      expect(ask(ids)).toEqual(ask(IDS));
      expect(ask(ids)).toEqual(ask(IDS));
      expect(made).toBe(1);
    }
  });

  it('are not made for being an array, for their number, or for being passed on', () => {
    const ids = idsOnDemand(2, () => {
      throw new Error('made');
    });
    const copied: Act = { ...act({ ...SAID, ids }), actor: 'somebody' };
    expect([Array.isArray(ids), ids.length, copied.ids.length]).toEqual([true, 2, 2]);
    expect(() => ids[0]).toThrow('made');
  });

  it('are part of what an act says', () => {
    const [demanded, plain] = [act({ ...SAID, ids: idsOnDemand(2, () => IDS) }), act({ ...SAID, ids: IDS })];
    expect(contentOf(demanded)).toBe(contentOf(plain));
    expect(contentOf({ ...demanded, actor: 'p' })).toBe(contentOf({ ...plain, actor: 'p' }));
  });

  it('cannot be changed', () => {
    const ids = idsOnDemand(2, () => IDS) as string[];
    const changes = [() => ids.push('x'), () => ids.reverse(), () => (ids[0] = 'x')];
    for (const change of changes) expect(change).toThrow(TypeError);
    expect([...ids]).toEqual(IDS);
  });
});
