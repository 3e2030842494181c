// Browser-safe.
/**
 * judge(): all findings about one subject. Start reading here.
 *
 * Reads  every rule file, one a family.   Used by  ledger/ (the subjects at hand), audit/ (all subjects).
 * Source design section 6: judge(subject, timeline, registry, index, asOf) → findings; order of `findings.md` "Semantics".
 * Never  reads a clock, a store or a random number: the same prefix gives the same findings, byte for byte.
 * @module
 */
import { argumentRangeError } from '../errors.ts';
import { assertArray, assertFunction, assertInteger, assertObject } from '../bytes/index.ts';
import { assertActs } from '../custody/index.ts';
import type { Act, World } from '../custody/index.ts';
import { captureErrors, codeCaptureErrors } from './capture-errors.ts';
import { contents, parents, strangersInside } from './aggregation.ts';
import { clones } from './clones.ts';
import { coldChain } from './cold-chain.ts';
import { coldMemory } from './cold-memory.ts';
import { consumerChecks, consumerClaims } from './consumer.ts';
import { corrections, undoing, type EventSource } from './corrections.ts';
import { custody } from './custody.ts';
import { handOvers } from './handover.ts';
import { repacking } from './repacking.ts';
import { declared } from './declared.ts';
import { diversion } from './diversion.ts';
import type { Features } from './features.ts';
import { NO_FINDINGS, type Finding, type Records } from './finding.ts';
import {
  aliasConflicts,
  codeIdentification,
  identification,
  mismatches,
  typedCodes,
} from './identification.ts';
import { LabelBatch } from './labels.ts';
import { licences } from './licences.ts';
import { duplicates, eventIdReuse, implausibleTimes, lateInserts } from './log-rules.ts';
import { marks } from './marks.ts';
import { masterData } from './operations.ts';
import { practitioners } from './practitioners.ts';
import { CleanJourneys } from './same-journey.ts';
import { actorRoles, distrustedKeys, labelSignatures, labelTransplants } from './signatures.ts';
import { outOfOrder, states } from './states.ts';
import { status } from './status.ts';
import { mayTrigger, triggerOf } from './triggers.ts';
import { countersignatures } from './two-party.ts';
import { use } from './use.ts';
import {
  containerView,
  registeredIn,
  unitView,
  type RegisteredUnits,
  type Rule,
  type SubjectView,
  assertJudged,
} from './view.ts';

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
  unit: [
    duplicates,
    implausibleTimes,
    lateInserts,
    labelSignatures,
    distrustedKeys,
    actorRoles,
    labelTransplants,
    countersignatures,
    identification,
    mismatches,
    captureErrors,
    aliasConflicts,
    typedCodes,
    declared,
    strangersInside,
  ],
  registered: [
    status,
    states,
    use,
    marks,
    undoing,
    custody,
    handOvers,
    parents,
    repacking,
    licences,
    practitioners,
    coldChain,
    clones,
    diversion,
  ],
  checked: [consumerChecks, consumerClaims, masterData],
  container: [
    duplicates,
    implausibleTimes,
    lateInserts,
    distrustedKeys,
    actorRoles,
    declared,
    status,
    outOfOrder,
    marks,
    undoing,
    custody,
    handOvers,
    parents,
    strangersInside,
    contents,
    licences,
    coldChain,
    diversion,
    masterData,
  ],
});

/** Judges the subjects of one world. */
export class Judge {
  readonly #world: World;
  readonly #rules: AskedBook;
  readonly #registered: RegisteredUnits;
  readonly #records: Records;
  #clean = new CleanJourneys();

  /**
   * @param registered - answers for units beyond those judged, where `world` does not hold them all (ID-09, ID-10).
   * @param records - `counted` for whoever wants of findings of severity 0 only how many there are of which code.
   */
  constructor(
    world: World,
    rules: RuleBook = RULES,
    registered: RegisteredUnits = registeredIn(world),
    records: Records = 'told',
  ) {
    assertJudged(world);
    if (records !== 'told' && records !== 'counted')
      throw argumentRangeError('records', "'told' or 'counted'", 'another one');
    this.#records = records;
    this.#world = world;
    this.#rules = rules === RULES ? ALL_ASKED : allAsked(rules);
    this.#registered = assertObject('registered', registered);
  }

  /** Findings about a unit; `extra` is the scan in hand, judged as one more event after the prefix. */
  unit(unit: string, extra?: Act): readonly Finding[] {
    if (extra === undefined && this.isClean(unit)) return NO_FINDINGS;
    return this.unitView(this.view(unit, extra));
  }

  /** The view of a unit this judge judges; `extra` as for {@link unit}. */
  view(unit: string, extra?: Act): SubjectView {
    return unitView(this.#world, unit, extra, this.#registered, this.#records);
  }

  /**
   * Reads the labels that the events of these units present, from the unit numbered `first` on, and verifies their signatures in one
   * batch: for whoever is about to judge these units. It changes no finding, only what judging costs.
   * @returns the number of the first unit it did not come to, for the batch was full: prepare from there on once it is that unit's turn.
   */
  prepare(units: readonly string[], first = 0): number {
    assertArray('units', units, Number.MAX_SAFE_INTEGER);
    assertInteger('first', first, 0, units.length);
    const world = this.#world;
    const labels = new LabelBatch(world.registry);
    let next = first;
    for (; next < units.length && !labels.isFull; next++) {
      for (const { scan } of world.acts(units[next]!)) {
        if (scan?.presented !== undefined) labels.add(scan.presented);
      }
    }
    labels.verify();
    return next;
  }

  /**
   * Lets go of all events of units: for whoever judges a world part by part, and is about to hold another part. It changes no finding;
   * what later units share with those judged is worked out again.
   */
  forgetUnits(): void {
    this.#clean = new CleanJourneys();
    this.#world.forgetUnits();
    coldMemory(this.#world).forgetUnits();
  }

  /** True if this judge has found nothing of a unit of this product that always travelled together with this one. */
  isClean(unit: string): boolean {
    return this.#clean.has(unit, this.#world.acts(unit));
  }

  /** Findings about a unit whose timeline was folded already. */
  unitView(view: SubjectView): readonly Finding[] {
    assertJudged(assertObject('view', view).world);
    assertObject('features', view.features);
    const { unit, registered, checked } = this.#rules;
    const found: Finding[] = [];
    apply(unit, view, found);
    if (view.timeline.commission !== undefined) apply(registered, view, found);
    apply(checked, view, found);
    const isSettled =
      found.length === 0 && view.inHand === undefined && view.timeline.commission !== undefined;
    if (isSettled) this.#clean.add(view.subject.id, this.#world.acts(view.subject.id));
    return found;
  }

  /** Findings about a container. */
  container(container: string): readonly Finding[] {
    const found: Finding[] = [];
    apply(this.#rules.container, containerView(this.#world, container, this.#records), found);
    return found;
  }

  /** Findings about a presented code that names no unit, from the events that recorded it. */
  code(code: string, acts: readonly Act[]): readonly Finding[] {
    assertActs(acts);
    const subject = { type: 'code', id: code } as const;
    const { registry } = this.#world;
    const around = { registered: this.#registered, registry, world: this.#world };
    return [...codeIdentification(subject, acts, registry), ...codeCaptureErrors(around, subject, acts)];
  }

  /** Findings about an eventID used for two things, from all events that bear it. */
  event(eventId: string, acts: readonly Act[]): readonly Finding[] {
    return [...eventIdReuse(eventId, acts)];
  }

  /** Findings about the corrections of an event, from all events that bear its id or one that a correction names. */
  corrections(eventId: string, eventsOf: EventSource): readonly Finding[] {
    return corrections(eventId, eventsOf, this.#world.asOfMs, this.#world.registry);
  }
}

/** A rule with what must occur for it to speak. */
interface Asked {
  readonly rule: Rule;
  readonly trigger: Features;
}

type AskedBook = Readonly<Record<keyof RuleBook, readonly Asked[]>>;

function allAsked(rules: RuleBook): AskedBook {
  const { unit, registered, checked, container } = assertObject('rules', rules);
  return {
    unit: askedOf('rules.unit', unit),
    registered: askedOf('rules.registered', registered),
    checked: askedOf('rules.checked', checked),
    container: askedOf('rules.container', container),
  };
}

/** Those of this version, found once. */
const ALL_ASKED = allAsked(RULES);

function askedOf(title: string, rules: readonly Rule[]): readonly Asked[] {
  assertArray(title, rules, 1000);
  return rules.map((rule) => ({ rule: assertFunction(title, rule), trigger: triggerOf(rule) }));
}

function apply(rules: readonly Asked[], view: SubjectView, found: Finding[]): void {
  const { features } = view;
  for (const { rule, trigger } of rules) {
    if (!mayTrigger(trigger, features)) continue;
    const said = rule(view);
    if (said !== NO_FINDINGS) for (const one of said) found.push(one);
  }
}
