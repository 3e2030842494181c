// Browser-safe.
/**
 * Policy: every threshold the rules use, with its default. Changed only by a `policy` statement in the log.
 *
 * Reads  nothing.   Used by  statement/ (shape), registry/ (what applied when), custody/ and judgement/.
 * Source `findings.md` "Semantics"; defaults marked * there are ours.
 * @module
 */

/** Thresholds in force; all integers. */
export interface Policy {
  /** m: most missing steps that may complete a gap between two consecutive events of one subject, 0 .. 8. */
  readonly missingStepsMax: number;
  /** A claimed event time is credible from record time minus this … */
  readonly lagMaxMs: number;
  /** … to record time plus this; also the clock error CL rules grant. */
  readonly skewMs: number;
  /** Order tolerance of ST rules. */
  readonly orderToleranceMs: number;
  /** Fastest believable travel, km/h. */
  readonly speedMaxKmh: number;
  /** CS-02: number of sessions from which a repeated check is a notice, and from which it is a stop. */
  readonly checksNotice: number;
  readonly checksStop: number;
  /** ST-01: repeats of an end state at the same site from which it is a stop, and from which it is suspect. */
  readonly repeatsStop: number;
  readonly repeatsSuspect: number;
  /** Deepest nesting of containers followed. */
  readonly containerDepthMax: number;
  /** Licence types a party of a role must hold to receive, supply or use goods. */
  readonly requiredLicences: Readonly<Partial<Record<string, readonly string[]>>>;
  /** CO-01: longest time after which a supply may still be undone. */
  readonly undoMaxMs: number;
  /** CU-02: how long goods may be on their way before it is a notice, and before it is a stop. */
  readonly laneMs: number;
  readonly laneStopMs: number;
  /** CU-12: how long a two-party hand-over may stay unanswered. */
  readonly handoverMs: number;
  /** CO-05: how long the events a correction names may be missing. */
  readonly correctionWaitMs: number;
  /** ST-10: how long after its use a container may wait to be put away before it is a notice, and before it is a stop. */
  readonly retireMs: number;
  readonly retireStopMs: number;
  /** RX-02: how long before its end an expiry is announced. */
  readonly expiringMs: number;
  /** LC-10: how long before its end a licence's expiry is announced. */
  readonly licenceExpiringMs: number;
  /** CU-10: number of times goods may come back to an earlier holder without being returned. */
  readonly loopsMax: number;
  /** CS-04: how long after a claimed purchase its record may be missing. */
  readonly purchaseWaitMs: number;
  /** CC-02: shortest episode out of the storage range. */
  readonly excursionEpisodeMs: number;
  /** CC-05, CC-08: longest stretch without a reading that counts as in range. */
  readonly gapMaxMs: number;
  /** CC-03: share of the excursion budget from which it is a notice, percent. */
  readonly budgetWarnPercent: number;
  /** CC-05, CC-08, CC-09: whether goods with a storage range must be measured all the time; else only what was begun. */
  readonly coldChainRequired: boolean;
  /** CC-10: whether a device needs a calibration in the log to be believed. */
  readonly devicesRegistered: boolean;
  /** OP-01: number of findings of one cause from which one case stands for them. */
  readonly foldMin: number;
  /** CU-11: documents a transfer must refer to, as words of CBV's business transaction types. */
  readonly documentsRequired: readonly string[];
  /** ID-15: whether a code may be typed in instead of scanned. */
  readonly manualEntry: ManualEntry;
  /** LC-06: licence classes whoever injects must hold. */
  readonly practitionerLicences: readonly string[];
  /** LC-11: licence classes a distributor must hold to sell. */
  readonly supplierLicences: readonly string[];
  /** RX-10: whether goods need a marketing authorisation where the log knows none for the product. */
  readonly registrationRequired: boolean;
}

/** What typing a code in is worth: nothing, a record, a notice. */
export const MANUAL_ENTRY = ['allowed', 'record', 'notice'] as const;
export type ManualEntry = (typeof MANUAL_ENTRY)[number];

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Policy before any `policy` statement. */
export const DEFAULT_POLICY: Policy = Object.freeze({
  missingStepsMax: 2,
  lagMaxMs: 864_000_000,
  skewMs: 300_000,
  orderToleranceMs: 7_800_000,
  speedMaxKmh: 1000,
  checksNotice: 5,
  checksStop: 20,
  repeatsStop: 3,
  repeatsSuspect: 4,
  containerDepthMax: 16,
  requiredLicences: Object.freeze({
    distributor: Object.freeze(['distribution']),
    clinic: Object.freeze(['institution-practice']),
    pharmacy: Object.freeze(['pharmacy-practice']),
  }),
  undoMaxMs: 240 * HOUR_MS,
  laneMs: 14 * DAY_MS,
  laneStopMs: 45 * DAY_MS,
  handoverMs: 72 * HOUR_MS,
  correctionWaitMs: 10 * DAY_MS,
  retireMs: 30 * DAY_MS,
  retireStopMs: 180 * DAY_MS,
  expiringMs: 30 * DAY_MS,
  licenceExpiringMs: 30 * DAY_MS,
  loopsMax: 3,
  purchaseWaitMs: 48 * HOUR_MS,
  excursionEpisodeMs: 20 * MINUTE_MS,
  gapMaxMs: 4 * HOUR_MS,
  budgetWarnPercent: 80,
  coldChainRequired: false,
  devicesRegistered: false,
  foldMin: 10,
  documentsRequired: Object.freeze([]),
  manualEntry: 'record',
  practitionerLicences: Object.freeze(['physician-qualification', 'physician-practice', 'medical-aesthetic']),
  supplierLicences: Object.freeze(['distribution']),
  registrationRequired: false,
});
