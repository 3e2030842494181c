// Goal: no spelling of a payload makes the fast reader say what the simple way does not, whatever it read before.
// Method: differential fuzzing over the tokens of payloads: strings spelled otherwise, values and fields exchanged, said twice, reordered,
//         left out; what the simple way still takes is changed again and again. Three readers that remember much, little and nothing. And
//         headers of signers met before, changed where they are compared. SLOW=1 goes on for COUNTERMARK_FUZZ_SECONDS (300).
import { describe, expect, it } from 'vitest';
import { utf8Encode } from '../../src/bytes/index.ts';
import { StatementReader } from '../../src/custody/index.ts';
import { EventReader } from '../../src/custody/event-reader.ts';
import type { EpcisDocument } from '../../src/epcis/index.ts';
import { encodeEnvelope } from '../../src/statement/cose.ts';
import { PARTY, TIME } from '../epcis/samples.ts';
import { CLINIC, DISTRIBUTOR } from '../statement/samples.ts';
import { Dice } from '../support/journeys.ts';
import { PLAIN, agree, payloadOf, statement } from './agreement.ts';
import { EVENTS, changed, framed } from './changes.ts';

const SLOW = process.env['SLOW'] === '1';
const SECONDS = Number(process.env['COUNTERMARK_FUZZ_SECONDS'] ?? 300);
const SEED = Number(process.env['COUNTERMARK_SEED'] ?? (SLOW ? Date.now() % 1e9 : 1));
const RUNS = 200;
/** Changed texts made of one that was read before. */
const VARIANTS = 5;
const SOURCE = { entry: 1, recordTimeMs: TIME, issuer: PARTY, kid: 'k' };
const CORPUS_MAX = 300;

/** Calls `step` RUNS times, or for so long. */
function repeat(step: (run: number) => void): number {
  const end = performance.now() + SECONDS * 1000;
  let run = 0;
  while (SLOW ? performance.now() < end : run < RUNS) step(run++);
  return run;
}

describe('StatementReader, fuzzed', { timeout: SLOW ? SECONDS * 4000 : 60_000 }, () => {
  it(`says of payloads what the simple way says (seed ${SEED})`, () => {
    const dice = new Dice(SEED);
    const any = <T>(list: readonly T[]): T => list[dice.below(list.length)]!;
    const fresh = (): string => {
      const picked = Array.from({ length: 1 + dice.below(2) }, () => any(EVENTS));
      const payload = payloadOf(picked, TIME + dice.below(5));
      return dice.below(8) === 0 ? framed(payload, dice) : payload;
    };
    const corpus = [fresh()];
    const lasting = new StatementReader();
    let good = 0;
    let fast = 0;
    const runs = repeat(() => {
      const base = dice.below(2) === 0 ? fresh() : any(corpus);
      const trained = new StatementReader();
      const events = new EventReader();
      // Once for the frame, once for the events in it.
      for (let i = 0; i < 2; i++) {
        agree(trained, statement(base));
        if (events.read(utf8Encode(base), SOURCE) === undefined)
          events.learn(JSON.parse(base) as EpcisDocument);
      }
      for (let i = 0; i < VARIANTS; i++) {
        let text = base;
        for (let n = dice.below(3) === 0 ? 2 : 1; n > 0; n--) text = changed(text, dice, any(corpus));
        const bytes = statement(text, 1 + dice.below(3), dice.below(70_000));
        agree(lasting, bytes);
        const acts = agree(trained, bytes);
        if (acts === undefined) continue;
        good++;
        if (events.read(utf8Encode(text), SOURCE) !== undefined) fast++;
        if (text.length > 8000) continue;
        corpus[corpus.length < CORPUS_MAX ? corpus.length : dice.below(CORPUS_MAX)] = text;
      }
    });
    // Of what is compared, much must be good, and much of that be read the fast way.
    expect([good, fast].map((count) => count > (runs * VARIANTS) / 10)).toEqual([true, true]);
  });

  it(`says of headers what the simple way says (seed ${SEED})`, () => {
    const dice = new Dice(SEED);
    const any = <T>(list: readonly T[]): T => list[dice.below(list.length)]!;
    const lasting = new StatementReader();
    const payload = utf8Encode(payloadOf([PLAIN[0]!]));
    const sequences = [0, 1, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER];
    const subjects = [
      'a',
      'é',
      ' ',
      '~',
      ...[22, 23, 24, 255, 256, 799, 800].map((length) => 's'.repeat(length)),
    ];
    repeat(() => {
      // The two bytes of the key by which the reader finds a header are the same for some, others are not.
      const kid = new Uint8Array(32).fill(1);
      kid[any([0, 5, 12, 13, 31])] = dice.below(3);
      const header = {
        kind: any(['events', 'events', 'events', 'party', 'lot'] as const),
        issuer: any([CLINIC, DISTRIBUTOR, 'somebody']),
        subject: any(subjects),
        audience: any(['ledger.example/log', 'ledger.example/lod', 'ledger.example']),
        kid,
        sequence: any(sequences),
      };
      const good = encodeEnvelope(header, any([payload, payload.subarray(0, dice.below(300))])).finish(
        new Uint8Array(64).fill(7),
      );
      agree(lasting, good);
      const bytes = Array.from(good);
      // The payload's first brace ends the header.
      const headerBytes = bytes.indexOf(0x7b, 150) + 4;
      for (let n = dice.below(3); n > 0; n--) {
        const edit = [dice.below(256), any([0x18, 0x19, 0x1a, 0x1b, 0x58, 0x61, 0x78, 0x79, 0xa0, 0])].slice(
          dice.below(2),
        );
        bytes.splice(dice.below(headerBytes), dice.below(3), ...edit);
      }
      agree(lasting, Uint8Array.from(bytes));
    });
  });
});
