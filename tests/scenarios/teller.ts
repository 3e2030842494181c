/**
 * Tells a scenario: each line becomes the signed statements of a script.
 *
 * Reads  event-verbs.ts, more-verbs.ts, fact-verbs.ts, endings.ts.   Used by  runner.ts, coverage.test.ts.
 * Rule   a line must be readable in exactly one way; otherwise the error names the file and the line.
 * @module
 */
import type { Policy } from '../../src/statement/policy.ts';
import type { LotPayload, ProductPayload } from '../../src/statement/kinds.ts';
import type { WorldOptions } from '../support/script.ts';
import { endingsOf, WHEN, type Ending } from './endings.ts';
import { EVENT_VERBS, type Verb } from './event-verbs.ts';
import { FACT_VERBS } from './fact-verbs.ts';
import { factsOf } from './facts.ts';
import { MORE_VERBS } from './more-verbs.ts';
import { ScenarioError, type Line, type Scenario } from './parse.ts';
import { Tale, type Said } from './tale.ts';
import { compile } from './words.ts';

/** A verb with the expression of its whole line. */
interface Grammar {
  readonly verb: Verb;
  readonly line: RegExp;
  readonly endings: readonly Ending[];
}

/** Every sentence of the language. */
export const VERBS: readonly Verb[] = [...EVENT_VERBS, ...MORE_VERBS, ...FACT_VERBS];
const GRAMMAR: readonly Grammar[] = VERBS.map(grammarOf);

/** Tells the whole scenario. @throws {ScenarioError} at the first line that says nothing it knows. */
export function tell(scenario: Scenario): Tale {
  const tale = new Tale(scenario, worldOf(scenario));
  for (const line of scenario.lines) {
    try {
      tellLine(tale, line);
    } catch (error) {
      if (error instanceof ScenarioError) throw error;
      throw new ScenarioError(line, error instanceof Error ? error.message : String(error));
    }
  }
  return tale;
}

function tellLine(tale: Tale, line: Line): void {
  const readings = GRAMMAR.flatMap((grammar) => {
    const groups = grammar.line.exec(line.text)?.groups;
    return groups === undefined ? [] : [{ ...grammar, groups }];
  });
  const [reading, other] = readings;
  if (reading === undefined) {
    throw new ScenarioError(
      line,
      'this says nothing README.md knows (is an ending misspelt, or not one of this sentence?)',
    );
  }
  if (other !== undefined) {
    throw new ScenarioError(
      line,
      `this can be read in two ways: "${reading.verb.says}" and "${other.verb.says}"`,
    );
  }
  const { verb, endings, groups } = reading;
  const { endingText = '', ...holes } = groups;
  const said = readEndings(tale, endings, endingText);
  const step = verb.tell(tale, holes, said);
  if (verb.isTimeless === true || step === undefined) return;
  tale.nowMs = tale.script.nowMs;
  if (said.name !== undefined && said['again'] !== true) {
    if (tale.named.has(said.name)) throw new ScenarioError(line, `there is another ${said.name} before`);
    tale.named.set(said.name, { step, who: step.who, eventID: tale.eventId(said.name) });
  }
}

/** What the endings say: the time first, because moments are counted from it. */
function readEndings(tale: Tale, endings: readonly Ending[], text: string): Said {
  let rest = text;
  const readings: { readonly ending: Ending; readonly holes: Readonly<Record<string, string>> }[] = [];
  while (rest !== '') {
    const found = firstEnding(endings, rest);
    if (found === undefined) throw new Error(`not understood: "${rest}"`);
    readings.push(found);
    rest = rest.slice(found.length);
  }
  const said: Record<string, unknown> = { time: tale.nextMs, late: 0 };
  for (const isWhen of [true, false]) {
    for (const { ending, holes } of readings) {
      if (WHEN.includes(ending) !== isWhen) continue;
      for (const [name, value] of Object.entries(ending.read(holes, tale, said['time'] as number))) {
        const known = said[name];
        said[name] =
          typeof value === 'object' && value !== null && !Array.isArray(value) && known !== undefined
            ? { ...(known as object), ...value }
            : value;
      }
    }
  }
  return said as unknown as Said;
}

interface Found {
  readonly ending: Ending;
  readonly holes: Readonly<Record<string, string>>;
  readonly length: number;
}

/** The longest ending at the beginning of the text after which the rest is endings too. */
function firstEnding(endings: readonly Ending[], text: string): Found | undefined {
  for (const [ending, expression] of beginnings(endings)) {
    const split = expression.exec(text);
    const one = split?.groups?.['one'];
    const holes = one === undefined ? undefined : ending.sentence.read(one);
    if (split !== null && holes !== undefined) return { ending, holes, length: split[0].length };
  }
  return undefined;
}

const BEGINNINGS = new WeakMap<readonly Ending[], readonly (readonly [Ending, RegExp])[]>();

/** For each ending of a verb, the expression of a text that begins with it; compiled once. */
function beginnings(endings: readonly Ending[]): readonly (readonly [Ending, RegExp])[] {
  const known = BEGINNINGS.get(endings);
  if (known !== undefined) return known;
  const all = endings.map(({ sentence }) => sentence.source).join('|');
  const made = endings.map((ending) => {
    const { source } = ending.sentence;
    return [ending, new RegExp(`^(?:,? )(?<one>${source})(?=(?:,? (?:${all}))*$)`)] as const;
  });
  BEGINNINGS.set(endings, made);
  return made;
}

function grammarOf(verb: Verb): Grammar {
  const endings = verb.isTimeless === true ? [] : [...WHEN, ...endingsOf(verb.endings)];
  const any = endings.map(({ sentence }) => sentence.source).join('|');
  const tail = endings.length === 0 ? '' : `(?<endingText>(?:,? (?:${any}))*)`;
  return { verb, endings, line: new RegExp(`^${compile(verb.says, true)}${tail}$`) };
}

/** Options of the world from its `world:` lines. */
function worldOf({ world }: Scenario): WorldOptions {
  const said: { policy: object; product: object; lot: object; unregistered?: boolean } = {
    policy: {},
    product: {},
    lot: {},
  };
  for (const line of world) {
    const [, what, facts] = /^(product|lot|policy) (?:with )?(.+)$/.exec(line.text) ?? [];
    if (line.text === 'nothing registered') said.unregistered = true;
    else if (what === undefined || facts === undefined) {
      throw new ScenarioError(
        line,
        'a world has a product, a lot or a policy with facts, or nothing registered',
      );
    } else {
      try {
        Object.assign(said[what as 'policy' | 'product' | 'lot'], factsOf(facts));
      } catch (error) {
        throw new ScenarioError(line, (error as Error).message);
      }
    }
  }
  return said as { policy: Partial<Policy>; product: Partial<ProductPayload>; lot: Partial<LotPayload> };
}
