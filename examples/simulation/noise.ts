/**
 * Honest noise: every way in which honest records are imperfect, as data: its flag, its default, its words.
 *
 * Reads  nothing.   Used by  options.ts (flags), capture.ts and every actor (how often), report.ts (what struck).
 * Rule   noise accuses nobody: a run fails if the ledger takes more of it for a crime than report.ts allows.
 * @module
 */

/** How much of each imperfection there is. */
export interface NoiseOptions {
  /** Scans that leave no record; a commissioning is never missed. */
  readonly missedReads: number;
  /** Events recorded late, by up to {@link lateDaysMax} days. */
  readonly lateCapture: number;
  readonly lateDaysMax: number;
  /** Events recorded after a later event of the same party. */
  readonly outOfOrder: number;
  /** Units a clinic sends back to its distributor. */
  readonly returns: number;
  /** Counter scans, and submissions of a use, that are made twice. */
  readonly counterRepeats: number;
  /** Every device's clock is wrong by up to this many minutes. */
  readonly clockMinutes: number;
  /** Devices whose clock is wrong by an hour. */
  readonly clocksOff: number;
  /** Scans of a printed code that are mistyped or garbled. */
  readonly garbledCodes: number;
  /** Consumers' scans made abroad. */
  readonly travellers: number;
  /** Hours a temperature logger does not report. */
  readonly loggerGaps: number;
  /** Hours on the road with a reading just above the range. */
  readonly warmHours: number;
  /** Units recorded as dispensed by mistake, never undone, and still in stock. */
  readonly forgottenUndos: number;
  /** Labels scrapped on the line and replaced by another serial number. */
  readonly relabelled: number;
  /** Patients who take the vial home and check it there. */
  readonly homeChecks: number;
  /** Lots uploaded a week late. */
  readonly lateLots: number;
}

export const DEFAULT_NOISE: NoiseOptions = Object.freeze({
  missedReads: 0.005,
  lateCapture: 0.05,
  lateDaysMax: 7,
  outOfOrder: 0.02,
  returns: 0.01,
  counterRepeats: 0.03,
  clockMinutes: 2,
  clocksOff: 0.01,
  garbledCodes: 0.005,
  travellers: 0.005,
  loggerGaps: 0.02,
  warmHours: 0.002,
  forgottenUndos: 0.002,
  relabelled: 0.004,
  homeChecks: 0.6,
  lateLots: 1,
});

/** No noise at all: a world in which everything is recorded as it happens. */
export const NO_NOISE: NoiseOptions = Object.freeze(
  Object.fromEntries(Object.keys(DEFAULT_NOISE).map((key) => [key, 0])) as Record<keyof NoiseOptions, number>,
);

/** One flag of the command line. */
export interface NoiseFlag {
  readonly key: keyof NoiseOptions;
  readonly flag: string;
  /** X: a share; N: an integer. */
  readonly letter: 'X' | 'N';
  readonly max: number;
  readonly help: string;
}

function share(key: keyof NoiseOptions, flag: string, help: string, max = 0.5): NoiseFlag {
  return { key, flag, letter: 'X', max, help };
}

function whole(key: keyof NoiseOptions, flag: string, help: string, max: number): NoiseFlag {
  return { key, flag, letter: 'N', max, help };
}

export const NOISE_FLAGS: readonly NoiseFlag[] = [
  share('missedReads', 'missed-reads', 'scans that leave no record'),
  share('lateCapture', 'late-capture', 'events recorded late …'),
  whole('lateDaysMax', 'late-days-max', '… by up to N days, 0 to 9', 9),
  share('outOfOrder', 'out-of-order', 'events recorded after a later one'),
  share('returns', 'returns', 'units sent back by clinics'),
  share('counterRepeats', 'counter-repeats', 'counter scans and uses submitted twice'),
  whole('clockMinutes', 'clock-minutes', "every device's clock is wrong by up to N minutes, 0 to 5", 5),
  share('clocksOff', 'clocks-off', 'devices whose clock is wrong by an hour'),
  share('garbledCodes', 'garbled-codes', 'scans of a code that are mistyped or garbled'),
  share('travellers', 'travellers', "consumers' scans made abroad"),
  share('loggerGaps', 'logger-gaps', 'hours without a temperature reading'),
  share('warmHours', 'warm-hours', 'hours on the road just above the range'),
  share('forgottenUndos', 'forgotten-undos', 'units recorded as dispensed by mistake, never undone'),
  share('relabelled', 'relabelled', 'labels scrapped on the line and replaced'),
  share('homeChecks', 'home-checks', 'patients who check the vial at home after use, up to 1', 1),
  whole('lateLots', 'late-lots', 'lots uploaded a week late, 0 to 100', 100),
];

/** How often honest noise struck. */
export interface NoiseCount {
  missedReads: number;
  lateCapture: number;
  outOfOrder: number;
  returns: number;
  counterRepeats: number;
  clocksOff: number;
  garbledCodes: number;
  travellers: number;
  loggerGaps: number;
  warmHours: number;
  forgottenUndos: number;
  relabelled: number;
  homeChecks: number;
  lateLots: number;
}

/** Words of the report for each count, in this order. */
export const NOISE_WORDS: Readonly<Record<keyof NoiseCount, string>> = {
  missedReads: 'reads missed',
  lateCapture: 'events late',
  outOfOrder: 'out of order',
  returns: 'units returned',
  counterRepeats: 'repeated',
  clocksOff: 'clocks an hour off',
  garbledCodes: 'codes garbled',
  travellers: 'scans abroad',
  loggerGaps: 'logger hours missing',
  warmHours: 'warm hours',
  forgottenUndos: 'undos forgotten',
  relabelled: 'labels replaced',
  homeChecks: 'vials checked at home',
  lateLots: 'lots a week late',
};

/** A count of nothing yet. */
export function noNoiseYet(): NoiseCount {
  return Object.fromEntries(Object.keys(NOISE_WORDS).map((key) => [key, 0])) as unknown as NoiseCount;
}
