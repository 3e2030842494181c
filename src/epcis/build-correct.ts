// Browser-safe.
/**
 * Builders of what is said about events and goods: corrected, undone, declared stolen or locked, named otherwise, not verified.
 *
 * Reads  build.ts, read.ts.   Used by  every service that submits events; examples.
 * Source EPCIS 2.0 section 7.4.1.4 (errorDeclaration); CBV 2.0 section 7.2; what CBV has no word for is this project's (event.ts).
 * Never  changes what an event said: a correction is that event again, with the declaration beside it.
 * @module
 */
import { assertArray, assertObject, assertOptions, assertString } from '../bytes/index.ts';
import { DecodeError, argumentRangeError } from '../errors.ts';
import {
  COMMON,
  type CommonOptions,
  frame,
  identified,
  idsArgument,
  placed,
  timeText,
  uriArgument,
  wordArgument,
} from './build.ts';
import type { IdsOptions } from './build-supply.ts';
import {
  BIZ_STEP_UNDOING,
  DISPOSITION_BASE,
  type EpcisEvent,
  type ErrorDeclaration,
  type Mark,
  MARKS,
  type ObjectEvent,
} from './event.ts';
import { eventHash } from './hash.ts';
import { readEvent } from './read.ts';
import { ERROR_REASONS } from './vocabulary.ts';

/** Options of {@link correct}. */
export interface CorrectOptions {
  /** When the error was declared, integer milliseconds since 1970 (UTC). */
  readonly time: number;
  /** `did_not_occur` or `incorrect_data`. */
  readonly reason: string;
  /** Ids of the events that say it right: 1 .. 1,000, distinct. */
  readonly correctiveEventIDs?: readonly string[];
}

/** An event with the declaration that it was wrong. */
export type Corrected<E extends EpcisEvent> = E & {
  readonly eventID: string;
  readonly errorDeclaration: ErrorDeclaration;
};

const CORRECTIVE_MAX = 1000;

/**
 * The event again, with an error declaration: whoever signed it takes it back. It keeps its eventID; an event without one gets
 * its hash, which is the same for both.
 *
 * @throws {TypeError | RangeError} on a wrong or unknown option, or an event that is none or is a correction itself.
 * @example
 * const takenBack = correct(shipped, { time: Date.now(), reason: 'did_not_occur' });
 */
export function correct<E extends EpcisEvent>(event: E, options: CorrectOptions): Corrected<E> {
  const { time, reason, correctiveEventIDs } = assertOptions('options', options, [
    ...(['time', 'reason', 'correctiveEventIDs'] as const),
  ]);
  assertUncorrected(event);
  const word = assertString('reason', reason, 60);
  if (!ERROR_REASONS.includes(word)) {
    throw argumentRangeError('reason', ERROR_REASONS.join(' or '), JSON.stringify(word));
  }
  const corrective = correctiveEventIDs === undefined ? undefined : correctiveArgument(correctiveEventIDs);
  return {
    ...event,
    eventID: event.eventID ?? eventHash(event),
    errorDeclaration: {
      declarationTime: timeText('time', time),
      reason: word,
      ...(corrective !== undefined && { correctiveEventIDs: corrective }),
    },
  } as Corrected<E>;
}

function assertUncorrected(event: EpcisEvent): void {
  assertObject('event', event);
  try {
    readEvent(event);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw argumentRangeError('event', 'an EPCIS event', error.message);
  }
  if (event.errorDeclaration !== undefined) {
    throw argumentRangeError('event', 'an event that declares no error', 'one that does');
  }
}

function correctiveArgument(value: unknown): readonly string[] {
  assertArray('correctiveEventIDs', value, CORRECTIVE_MAX);
  return idsArgument('correctiveEventIDs', value);
}

/** Options of {@link undo}. */
export interface UndoOptions extends IdsOptions {
  /** What is taken back: `dispense`, another step, or what was declared, such as `locked`. */
  readonly undoes: string;
}

/**
 * What was done or declared holds no longer: ObjectEvent OBSERVE with this project's step `undoing`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option.
 */
export function undo(options: UndoOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', 'undoes']);
  return observed(options, { bizStep: BIZ_STEP_UNDOING }, idsArgument('ids', options.ids), {
    'cm:undoes': wordArgument('undoes', options.undoes),
  });
}

/** Options of {@link declare}. */
export interface DeclareOptions extends IdsOptions {
  /** What holds of the goods from now on. */
  readonly set?: readonly Mark[];
  /** What holds no longer. */
  readonly unset?: readonly Mark[];
}

/**
 * Something is declared of the goods, and moves none of them: ObjectEvent OBSERVE with `persistentDisposition`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option, nothing declared, or a mark both set and lifted.
 * @example
 * const stolen = declare({ ids: [pallet], time: Date.now(), place, set: ['stolen'] });
 */
export function declare(options: DeclareOptions): ObjectEvent {
  const { set, unset } = assertOptions('options', options, [...COMMON, 'ids', 'set', 'unset']);
  const sets = set === undefined ? undefined : marksArgument('set', set);
  const unsets = unset === undefined ? undefined : marksArgument('unset', unset);
  if (sets === undefined && unsets === undefined)
    throw argumentRangeError('set', 'a mark to set or to lift', 'neither');
  if (sets?.some((word) => unsets?.includes(word)) === true)
    throw argumentRangeError('unset', 'marks that are not set too', 'one of both');
  return observed(options, {}, idsArgument('ids', options.ids), {
    persistentDisposition: {
      ...(sets !== undefined && { set: sets }),
      ...(unsets !== undefined && { unset: unsets }),
    },
  });
}

function marksArgument(title: string, value: unknown): readonly string[] {
  const items = assertArray(title, value, MARKS.length);
  const marks = items.map((item, i) => assertString(`${title}[${i}]`, item, 60));
  for (const mark of marks) {
    if (!(MARKS as readonly string[]).includes(mark))
      throw argumentRangeError(title, MARKS.join(', '), JSON.stringify(mark));
  }
  if (marks.length === 0) throw argumentRangeError(title, 'at least one mark', 'none');
  if (new Set(marks).size !== marks.length) throw argumentRangeError(title, 'distinct marks', 'one twice');
  return marks.map((mark) => (mark === 'stolen' || mark === 'damaged' ? mark : DISPOSITION_BASE + mark));
}

/** Options of {@link alias}. */
export interface AliasOptions extends CommonOptions {
  /** Canonical id of the unit. */
  readonly unit: string;
  /** Id of the same unit in another scheme: a trace code, a UDI. */
  readonly alias: string;
}

/**
 * One unit bears two ids: ObjectEvent OBSERVE, `encoding`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option, or a unit that is its own alias.
 */
export function alias(options: AliasOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'unit', 'alias']);
  const unit = uriArgument('unit', options.unit);
  const other = uriArgument('alias', options.alias);
  if (unit === other) throw argumentRangeError('alias', 'another id than the unit', 'the same');
  return observed(options, { bizStep: 'encoding' }, [unit], { 'cm:alias': other });
}

/** Options of {@link decline}. */
export interface DeclineOptions extends IdsOptions {
  /** A word: `manufacturer-policy`, `no-reason` … */
  readonly reason: string;
}

/**
 * Asked to verify the units, the responder would not: ObjectEvent OBSERVE, `inspecting`.
 *
 * @throws {TypeError | RangeError} on a wrong, missing or unknown option.
 */
export function decline(options: DeclineOptions): ObjectEvent {
  assertOptions('options', options, [...COMMON, 'ids', 'reason']);
  return observed(options, { bizStep: 'inspecting' }, idsArgument('ids', options.ids), {
    'cm:declined': wordArgument('reason', options.reason),
  });
}

function observed(
  options: CommonOptions,
  step: { readonly bizStep?: string },
  epcList: readonly string[],
  fields: Partial<ObjectEvent>,
): ObjectEvent {
  return identified<ObjectEvent>(
    {
      type: 'ObjectEvent',
      ...frame(options.time),
      action: 'OBSERVE',
      ...step,
      ...fields,
      epcList,
      ...placed(options.place),
    },
    options.eventID,
  );
}
