// Browser-safe.
/**
 * Triggers: what must occur in a timeline for a rule to have anything to say.
 *
 * Reads  features.ts, every rule file.   Used by  judge.ts.
 * Rule   a trigger is wide: it may ask a rule that stays silent, and must never pass over one that would speak. A rule without a
 *        trigger is always asked; the tests compare both ways of asking.
 * @module
 */
import { parents, strangersInside } from './aggregation.ts';
import { captureErrors } from './capture-errors.ts';
import { consumerChecks, consumerClaims } from './consumer.ts';
import { undoing } from './corrections.ts';
import { custody } from './custody.ts';
import { declared } from './declared.ts';
import {
  ASSERTED,
  BROKEN,
  DUPLICATE,
  IMPLAUSIBLE,
  INSERTED,
  LATE,
  MANUAL,
  MARKED,
  MISSING,
  PRECEDED,
  RECOMMISSIONED,
  REFUSED,
  REORDERED,
  REPEATED,
  RIVALLED,
  SESSION,
  stepBits,
  TOLD,
  UNREGISTERED,
  UNSOUND,
  UNUSED,
  type Features,
} from './features.ts';
import { aliasConflicts, identification, mismatches, typedCodes } from './identification.ts';
import { licences } from './licences.ts';
import { duplicates, implausibleTimes, lateInserts } from './log-rules.ts';
import { marks } from './marks.ts';
import { practitioners } from './practitioners.ts';
import { repacking } from './repacking.ts';
import { actorRoles, labelSignatures, labelTransplants } from './signatures.ts';
import { outOfOrder, states } from './states.ts';
import { countersignatures } from './two-party.ts';
import { use } from './use.ts';
import type { Rule } from './view.ts';

/** Any of these bits asks the rule. */
const TRIGGERS: ReadonlyMap<Rule, Features> = new Map<Rule, Features>([
  [duplicates, { steps: 0, signs: DUPLICATE }],
  [implausibleTimes, { steps: 0, signs: IMPLAUSIBLE }],
  [lateInserts, { steps: 0, signs: INSERTED }],
  [labelSignatures, { steps: 0, signs: UNSOUND }],
  [labelTransplants, { steps: 0, signs: UNSOUND }],
  [actorRoles, { steps: 0, signs: REFUSED | RIVALLED }],
  [countersignatures, { steps: stepBits('destroy'), signs: MISSING }],
  [identification, { steps: 0, signs: UNREGISTERED | RECOMMISSIONED }],
  [mismatches, { steps: 0, signs: UNSOUND }],
  [captureErrors, { steps: 0, signs: UNSOUND | UNREGISTERED }],
  [aliasConflicts, { steps: 0, signs: TOLD }],
  [typedCodes, { steps: 0, signs: MANUAL }],
  [declared, { steps: 0, signs: TOLD | MARKED }],
  [strangersInside, { steps: 0, signs: BROKEN }],
  [states, { steps: 0, signs: REPEATED | BROKEN | UNUSED | REORDERED | PRECEDED }],
  [outOfOrder, { steps: 0, signs: REORDERED }],
  [use, { steps: stepBits('open', 'administer', 'retire'), signs: 0 }],
  [marks, { steps: 0, signs: MARKED | BROKEN }],
  [undoing, { steps: 0, signs: TOLD }],
  [custody, { steps: 0, signs: MISSING | BROKEN }],
  [parents, { steps: 0, signs: ASSERTED }],
  [repacking, { steps: stepBits('transform'), signs: 0 }],
  [licences, { steps: stepBits('ship'), signs: REFUSED | LATE | MISSING | BROKEN }],
  [practitioners, { steps: stepBits('administer', 'receive'), signs: 0 }],
  [consumerChecks, { steps: 0, signs: SESSION }],
  [consumerClaims, { steps: 0, signs: SESSION }],
]);

/** What must occur for a rule to speak. */
export function triggerOf(rule: Rule): Features {
  return TRIGGERS.get(rule) ?? ALWAYS;
}

/** Any bit; timelines without any event have none, and all the same are asked. */
const ALWAYS: Features = Object.freeze({ steps: -1, signs: -1 });

/** True if the rule may have something to say of a timeline with these features. */
export function mayTrigger(trigger: Features, { steps, signs }: Features): boolean {
  return trigger === ALWAYS || (trigger.steps & steps) !== 0 || (trigger.signs & signs) !== 0;
}
