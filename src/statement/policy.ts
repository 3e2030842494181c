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
}

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
});
