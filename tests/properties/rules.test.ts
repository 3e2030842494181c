// Goal:   no rule is idle: with any rule of the book left out, a named scenario no longer finds what it says.
// Method: the judge is given the book without one rule of one list; the scenario named for it is judged again. A rule that no
//         row of the table names fails the test.
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { World } from '../../src/custody/index.ts';
import type * as Judging from '../../src/judgement/judge.ts';
import { RULES, type RuleBook } from '../../src/judgement/judge.ts';
import type { RegisteredUnits } from '../../src/judgement/view.ts';
import { finalFindings } from '../scenarios/runner.ts';
import { readScenarios } from '../scenarios/parse.ts';
import { spell } from '../scenarios/subjects.ts';
import { tell } from '../scenarios/teller.ts';

const book = vi.hoisted((): { rules: unknown } => ({ rules: undefined }));

vi.mock('../../src/judgement/judge.ts', async (original) => {
  const real = await original<typeof Judging>();
  class Judge extends real.Judge {
    constructor(world: World, rules?: RuleBook, registered?: RegisteredUnits) {
      super(world, (book.rules as RuleBook | undefined) ?? rules, registered);
    }
  }
  return { ...real, Judge };
});

type List = keyof RuleBook;

/** List, rule, file and title of the scenario that misses it. */
const TABLE: readonly (readonly [List, string, string, string])[] = [
  ['unit', 'duplicates', 'log.txt', 'LG-09 a shipment captured twice'],
  ['unit', 'implausibleTimes', 'log.txt', 'LG-12 an event from the future'],
  ['unit', 'lateInserts', 'log.txt', 'LG-15 a receipt recorded after the shipment that followed it'],
  ['unit', 'labelSignatures', 'signatures.txt', 'SG-02 a label signed for another pack'],
  ['unit', 'distrustedKeys', 'signatures.txt', 'SG-04 recorded in the time the key is distrusted'],
  ['unit', 'actorRoles', 'signatures.txt', "SG-06 a rival commissions another's pack"],
  ['unit', 'labelTransplants', 'signatures.txt', 'SG-10 the label of another pack, read by machine'],
  ['unit', 'countersignatures', 'signatures.txt', 'SG-13 nobody else saw it destroyed'],
  ['unit', 'identification', 'identification.txt', 'ID-03 nobody registered the product'],
  ['unit', 'mismatches', 'identification.txt', 'ID-06 a label of another lot than the pack was made in'],
  ['unit', 'captureErrors', 'capture-errors.txt', 'ID-10 a serial number typed with one wrong character'],
  ['unit', 'aliasConflicts', 'identification.txt', 'ID-14 one pack with two trace codes'],
  ['unit', 'typedCodes', 'identification.txt', 'ID-15 typed by hand, where policy wants a notice'],
  ['unit', 'declared', 'declared.txt', 'RX-06 the manufacturer declares a pack suspect'],
  ['unit', 'strangersInside', 'aggregation.txt', 'QA-02 a pack nobody had put in'],
  ['registered', 'status', 'corrections.txt', 'CO-04 a supply taken back after the pack had expired'],
  ['registered', 'states', 'states.txt', 'ST-01 the same use recorded three times'],
  ['registered', 'use', 'states.txt', 'ST-08 two patients from a container of one dose'],
  ['registered', 'marks', 'marks.txt', 'ST-03 destroyed, then sent back'],
  ['registered', 'undoing', 'corrections.txt', 'CO-01 a supply taken back after eleven days'],
  ['registered', 'custody', 'custody.txt', 'CU-01 a clinic uses a pack that another clinic holds'],
  ['registered', 'handOvers', 'hand-overs.txt', 'CU-02 nobody received it for more than two weeks'],
  [
    'registered',
    'parents',
    'aggregation.txt',
    'QA-03 scanned by a clinic while its box is with the distributor',
  ],
  ['registered', 'repacking', 'aggregation.txt', 'QA-11 one vial becomes two'],
  ['registered', 'licences', 'licences.txt', 'LC-01 a licence that begins a day later'],
  [
    'registered',
    'practitioners',
    'licences.txt',
    'LC-04 the doctor is qualified, but not for this procedure',
  ],
  ['registered', 'coldChain', 'cold-chain-gaps.txt', 'a logger is silent for five hours'],
  ['registered', 'clones', 'clones.txt', 'CL-01 in Berlin, and two hours later in Seoul'],
  ['registered', 'diversion', 'diversion.txt', 'DV-01 received in Poland, sold for Germany'],
  ['checked', 'consumerChecks', 'consumer.txt', 'CS-02 five sessions are a notice'],
  ['checked', 'consumerClaims', 'consumer.txt', 'CS-07 shown by a clinic while another holds it'],
  ['checked', 'masterData', 'operations.txt', 'OP-05 scanned at a place nobody registered'],
  ['container', 'duplicates', 'log.txt', 'LG-09 a scan of a box sent again'],
  ['container', 'implausibleTimes', 'log.txt', 'LG-12 a box from the future'],
  ['container', 'lateInserts', 'log.txt', 'LG-15 a late packing'],
  [
    'container',
    'distrustedKeys',
    'containers.txt',
    "SG-04 a box shipped while the maker's key is distrusted",
  ],
  ['container', 'actorRoles', 'containers.txt', 'SG-09 a scan service receives a box'],
  ['container', 'declared', 'declared.txt', 'RX-06 a whole box'],
  ['container', 'status', 'declared.txt', "RX-05 a whole box in a distributor's store, on the box"],
  ['container', 'outOfOrder', 'containers.txt', 'ST-07 a box is received before its shipment by the clocks'],
  ['container', 'marks', 'marks.txt', 'ST-12 a locked box is shipped'],
  ['container', 'undoing', 'containers.txt', 'CO-02 another distributor unlocks the box'],
  ['container', 'custody', 'containers.txt', 'QA-02 a box nobody had put on the pallet'],
  ['container', 'handOvers', 'hand-overs.txt', 'CU-02 a box on its way for two months'],
  ['container', 'parents', 'aggregation.txt', 'QA-01 a carton on two pallets'],
  ['container', 'strangersInside', 'containers.txt', 'QA-02 a box nobody had put on the pallet'],
  ['container', 'contents', 'aggregation.txt', 'QA-02 what the box should hold is not in it'],
  ['container', 'licences', 'licences.txt', 'LC-01 a whole box, once'],
  [
    'container',
    'coldChain',
    'cold-chain-gaps.txt',
    'a logger in a pallet is silent, said once of the pallet',
  ],
  ['container', 'diversion', 'diversion.txt', 'DV-02 a whole box goes abroad'],
  ['container', 'masterData', 'operations.txt', 'OP-05 a box packed at a place nobody registered'],
];

const LISTS = Object.keys(RULES) as readonly List[];

function judged(file: string, title: string): readonly string[] {
  const scenario = readScenarios(file).find((one) => one.title === title);
  if (scenario === undefined) throw new Error(`tests/scenarios/${file} has no scenario "${title}"`);
  const tale = tell(scenario);
  return finalFindings(tale.script)
    .map((one) => spell(tale, one))
    .sort();
}

describe('a rule left out of the book', () => {
  beforeEach(() => {
    book.rules = undefined;
  });

  it.each(TABLE)('%s: %s is missed by %s "%s"', (list, name, file, title) => {
    const rule = RULES[list].find((one) => one.name === name);
    expect(rule, 'the book has the rule').toBeDefined();
    const whole = judged(file, title);
    book.rules = { ...RULES, [list]: RULES[list].filter((one) => one !== rule) };
    expect(judged(file, title)).not.toEqual(whole);
  });

  it('is named above, whichever it is', () => {
    const rules = LISTS.flatMap((list) => RULES[list].map(({ name }) => `${list} ${name}`));
    expect(TABLE.map(([list, name]) => `${list} ${name}`).sort()).toEqual([...rules].sort());
  });
});
