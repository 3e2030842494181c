/**
 * Options of a script's steps, and the parts of events made from them.
 *
 * Reads  cast.ts, src/.   Used by  script.ts, tests/scenarios.
 * @module
 */
import { formatTime } from '../../src/bytes/index.ts';
import type { Signer } from '../../src/crypto/index.ts';
import type { LotQuantity, Mark, ObserveOptions, SensorElement } from '../../src/epcis/index.ts';
import type { Who } from './cast.ts';

/** When and where a step happens. */
export interface StepOptions {
  /** Hours since the step before; default 12. */
  readonly after?: number;
  /** Event time, ms; overrides `after`. */
  readonly time?: number;
  /** Hours between event and capture; negative: a clock that runs ahead. Default 0. */
  readonly late?: number;
  /** Place id; default the actor's own site. */
  readonly place?: string;
  /** Party that claims to speak; default the actor. */
  readonly issuer?: string;
  /** Default the actor's own. */
  readonly signer?: Signer;
  /** The key's own number for the statement; default the next one. */
  readonly sequence?: number;
  /** Id of the event; default its hash. */
  readonly eventID?: string;
}

export interface UseStepOptions extends StepOptions {
  readonly actId?: string;
  readonly doses?: number;
  readonly practitioner?: string;
  readonly department?: string;
  readonly procedure?: string;
}

export interface HandOverStepOptions extends StepOptions {
  /** Where it is meant to go; default the receiver's site. */
  readonly toPlace?: string;
  /** Types of the documents it names. */
  readonly documents?: readonly string[];
}

export interface ReceiveStepOptions extends HandOverStepOptions {
  readonly absent?: readonly string[];
}

export interface PackStepOptions extends StepOptions {
  /** What is said to be in it, lot by lot. */
  readonly quantities?: readonly LotQuantity[];
}

export interface DeclareStepOptions extends StepOptions {
  readonly set?: readonly Mark[];
  readonly unset?: readonly Mark[];
}

export interface CorrectStepOptions extends StepOptions {
  readonly reason?: string;
  readonly corrective?: readonly string[];
}

/** Part of what a logger reports: readings one by one, or the bounds of a time. */
export interface LoggedPart {
  readonly startMs: number;
  readonly endMs: number;
  /** Readings every so often; absent: least and greatest of the whole time. */
  readonly everyMs?: number;
  readonly min: number;
  readonly max: number;
}

export interface LogStepOptions extends StepOptions {
  readonly device?: string;
  readonly uom?: string;
}

export type LookOptions = StepOptions & { readonly by?: Who } & Omit<
    ObserveOptions,
    'time' | 'ids' | 'place' | 'eventID'
  >;

/** The documents a hand-over names. */
export function papers({ documents: types }: HandOverStepOptions): {
  readonly documents?: readonly { readonly type: string; readonly id: string }[];
} {
  if (types === undefined) return {};
  return { documents: types.map((type) => ({ type, id: `https://document.example/${type}/1` })) };
}

/** What a receiver declares absent. */
export function absentees({ absent }: ReceiveStepOptions): { readonly absent?: readonly string[] } {
  return absent === undefined ? {} : { absent };
}

/** Who injects, where and what. */
export function care({ practitioner, department, procedure }: UseStepOptions): {
  readonly practitioner?: string;
  readonly department?: string;
  readonly procedure?: string;
} {
  return {
    ...(practitioner === undefined ? {} : { practitioner }),
    ...(department === undefined ? {} : { department }),
    ...(procedure === undefined ? {} : { procedure }),
  };
}

/** One part of a series as EPCIS says it. */
export function sensorElement(part: LoggedPart, deviceID: string, uom: string): SensorElement {
  const { startMs, endMs, everyMs, min, max } = part;
  const type = 'Temperature';
  if (everyMs === undefined) {
    const period = { startTime: formatTime(startMs), endTime: formatTime(endMs) };
    return {
      sensorMetadata: { deviceID, ...period },
      sensorReport: [{ type, minValue: min, maxValue: max, uom }],
    };
  }
  const count = Math.floor((endMs - startMs) / everyMs) + 1;
  const times = Array.from({ length: count }, (_, i) => formatTime(startMs + i * everyMs));
  return {
    sensorMetadata: { deviceID },
    sensorReport: times.map((time) => ({ type, value: min, uom, time })),
  };
}
