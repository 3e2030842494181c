// Goal:   the language of scenarios says what README.md says it says, and a mistake is named with its file and line.
// Method: one story with every sentence and ending; stories with one mistake each; times and ids of what was written.
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, SITE, START_MS } from '../support/cast.ts';
import { replay } from '../support/replay.ts';
import { parseScenarios, ScenarioError, type Scenario } from './parse.ts';
import { tell, VERBS } from './teller.ts';

const EVERYTHING = `
scenario: everything that can be said
  world: product with doses 2, inUse 24 hours, storage 2 to 8 C budget 9 hours freeze 0 C, price 120.00 EUR
  world: product with usedBy physician-practice, signedCode no, channels hospital clinic
  world: lot with quantity 50, markets DE PL, distributors north south, exemptSites maker
  world: policy checksStop 3, laneMs 14 days, documentsRequired desadv inv
  A has serial ABC123
  R is a unit of rival
  X is the trace code 81234560000000000001
  maker makes A, B and C, on 2026-03-03 at 14:30 as MADE
  maker makes U1..U30 with expiry 2028-01-31 in lot LOT1 at once
  maker packs U1..U3 and U5 into box at the place of maker
  maker packs U6 into carton2 recorded 10 minutes early
  D reaches clinicA through south
  E, F reach clinicB from maker directly
  maker ships box to north delivered to the place of south with documents desadv, inv
  north accepts box from maker lacking U6, with documents desadv
  north asserts box holds U1..U3
  north takes U1 out of box
  north unpacks box 2 hours earlier
  north ships U1 to clinicA as SHIPPED
  clinicA rejects U1 from north
  maker ships U7 to north
  maker voids the shipment of U7 to north
  maker ships U7 to north
  north receives U7
  north receives U6 from maker recorded 5 days late
  north reports D delivered to clinicA
  clinicA opens D by drKim
  clinicA uses D with treatment T1, 1 dose, by drKim, in department dermatology, with procedure lip-filler
  clinicA retires D
  clinicA returns E to north at no place
  pharmacy dispenses E with supply K1, 2 doses
  pharmacy undoes the dispense of E
  clinicA destroys F in the name of south signed by clinicB
  maker takes A out of circulation
  north repacks B and C as G and H
  north declares U7 stolen
  north declares U7 no longer stolen
  north corrects SHIPPED because incorrect_data with MADE, nothing-known instead
  north ships U1 to clinicB as SHIPPED again
  north counts 5 of LOT1 and 3 of LOT2
  maker says B is also 81234560000000000002
  maker declines to verify B because no-reason
  clinicA scans B showing its label
  clinicA scans B showing lot LOT2 showing expiry 2027-06-30 signed by rival typed by hand
  clinicA scans B showing serial X9 showing the product of rival unsigned
  clinicA scans B with a broken signature read by machine
  clinicA scans B showing code "what?"
  scanner scans code "hello?"
  a consumer scans code "hello?"
  a consumer scans B in session S1 in DE or PL declaring it unused
  a consumer scans B within 300 km of clinicB claiming it was not supplied, bought 3 days ago
  clinicA and a consumer scan B around clinicA
  north logs U7: 4 C for 2 hours, nothing for 5 hours, 12 C for 30 minutes, 2 to 9 C over 3 hours every 5 minutes by device D1
  north logs U7: 40 C, 12 C 20 minutes ahead in unit FAH
  maker states the product with doses 2
  rival states the product of rival
  rival states the product of rival with doses 3
  rival states lot R1 of rival
  rival states lot R2 of rival with quantity 5
  maker states lot LOT2
  maker states lot LOT3 with quantity 5, markets DE
  regulator says case C1 is active because evidence
  operator sets checksStop to 3
  operator sets documentsRequired to desadv, inv
  operator requires of clinic institution-practice, clinic-registration
  regulator licenses salon for institution-practice from 2026-03-01 to in 30 days named L1 limited to places of salon
  regulator licenses salon for institution-practice limited to products of maker limited to territory DE PL named L2
  regulator licenses device D1 for calibration
  regulator licenses drKim for physician-practice limited to departments a b limited to classes toxin limited to procedures c
  regulator revokes licence L1 from now because hygiene
  regulator suspends licence L2 from 3 days ago until 2026-09-01
  maker recalls LOT1, LOT2 from now at level 2 with deadline in 3 days in DE because leak named R1
  operator registers trader as distributor, pharmacy in AT with channel retail
  operator registers annex of clinicA in DE with channel hospital
  clinicA scans B at annex
  clinicA scans B at an unknown place
  clinicA scans B at a misspelt place
  operator trusts rival to issue institution-practice in FR
  operator gives maker a new key named key2
  maker makes Z signed by key2
  operator gives a stranger a key named ghost
  clinicA ships Z to clinicB in the name of a stranger signed by ghost
  operator revokes the key of maker distrusted since 3 days ago
  operator revokes key key2
  maker states its second product
  maker states lot LOT9 of its second product
  Q is a unit of the second product with serial K7MX2Q9P
  maker makes Q in lot LOT9 with sequence number 4000
  clinicA scans Q with the signature of B
  30 days pass
  finds: nothing
`;

function only(text: string): Scenario {
  return parseScenarios('test.txt', text)[0]!;
}

function story(...lines: readonly string[]): Scenario {
  return only(['scenario: one', ...lines, 'finds: nothing'].join('\n'));
}

function problem(text: string): string {
  try {
    for (const scenario of parseScenarios('test.txt', text)) tell(scenario);
  } catch (error) {
    expect(error).toBeInstanceOf(ScenarioError);
    return (error as Error).message;
  }
  return 'no mistake';
}

describe('the language', () => {
  it('has a use for each of its sentences', () => {
    const scenario = only(EVERYTHING);
    const tale = tell(scenario);
    expect(tale.script.steps.length).toBeGreaterThan(90);
    expect(replay(tale.script).units.length).toBeGreaterThan(30);
    const used = VERBS.filter(({ says }) => {
      const words = says
        .replace(/\{[^}]+\}/g, '')
        .split(/\s+/)
        .filter((word) => word !== '');
      return scenario.lines.some(({ text }) => words.every((word) => text.includes(word)));
    });
    expect(VERBS.filter((verb) => !used.includes(verb)).map(({ says }) => says)).toEqual([]);
  });

  it('lets 12 hours go by between lines, from noon of 2 March 2026', () => {
    const { steps } = tell(story('maker makes A', 'maker makes B', 'maker makes C 90 minutes later')).script;
    const times = steps.slice(-3).map(({ timeMs }) => timeMs - START_MS);
    expect(times).toEqual([12 * HOUR_MS, 24 * HOUR_MS, 24 * HOUR_MS + 90 * MINUTE_MS]);
  });

  it('records when it says, in the place it says', () => {
    const { script } = tell(story('maker makes A at the place of south recorded 5 days late'));
    const step = script.steps.at(-1)!;
    expect(step.recordTimeMs - step.timeMs).toBe(5 * DAY_MS);
    expect(Buffer.from(step.bytes).toString('latin1')).toContain(SITE.south);
  });

  it('writes the same bytes whenever it is told', () => {
    const bytes = (): readonly string[] =>
      tell(only(EVERYTHING)).script.steps.map((step) => Buffer.from(step.bytes).toString('hex'));
    expect(bytes()).toEqual(bytes());
  });
});

describe('a mistake', () => {
  it.each([
    ['maker makes', 'this says nothing'],
    ['nobody makes A', 'this says nothing'],
    ['maker makes A with supply K1', 'this says nothing'],
    ['maker makes A at annex', 'no site called "annex"'],
    ['maker makes A signed by nobody', 'a key called "nobody"'],
    ['maker corrects J', 'no event before this line is called J'],
    ['operator sets checksEnd to 3', 'is no fact'],
    ['operator sets checksStop to often', 'is no fact'],
  ])('in "%s" is named', (line, words) => {
    const text = `scenario: one\n  ${line}\n  finds: nothing\n`;
    expect(problem(text)).toContain('tests/scenarios/test.txt:2: ');
    expect(problem(text)).toContain(words);
  });

  it.each([
    ['maker makes A', 'must begin with "scenario'],
    ['scenario: one\nmaker makes A', 'says what it finds'],
    ['scenario: one\nfinds: nothing\nmaker makes A', 'nothing may follow'],
    ['scenario: one\nmaker makes A\nworld: policy checksStop 3\nfinds: nothing', 'come before'],
    ['scenario: one\nfinds: ID-05 A', 'a finding is'],
    ['scenario: one\nfinds: CS-01 L0 A', 'records at L0'],
    ['scenario: near miss of CU-01\nfinds: nothing', 'names its code'],
    ['scenario: one\nmaker makes A as J\nmaker makes B as J\nfinds: nothing', 'another J'],
    ['scenario: one\nmaker makes A\nA has serial X\nfinds: nothing', 'has been named before'],
  ])('in %j is named', (text, words) => {
    expect(problem(text)).toContain(words);
  });
});
