// Browser-safe.
/**
 * Words for temperatures and durations in findings.
 *
 * Reads  nothing.   Used by  cold-chain.ts.
 * Never  rounds: a duration is cut to whole minutes, a temperature is shown as it was read.
 * @module
 */
interface Extremes {
  readonly minMilliC: number;
  readonly maxMilliC: number;
}

/** `9 h 50 min`, `50 min`, `3 d 2 h`. */
export function durationText(ms: number): string {
  const minutes = (ms - (ms % 60_000)) / 60_000;
  const [rest, hours] = [minutes % 60, (minutes - (minutes % 60)) / 60];
  if (hours === 0) return `${rest} min`;
  if (hours < 72) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  const days = (hours - (hours % 24)) / 24;
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** `2 to 8 °C`, or one temperature where both are equal. */
export function rangeText({ minMilliC, maxMilliC }: Extremes): string {
  const low = minMilliC / 1000;
  return minMilliC === maxMilliC ? `${low} °C` : `${low} to ${maxMilliC / 1000} °C`;
}

/** The least and the greatest of some readings. */
export function extremesText(readings: readonly Extremes[]): string {
  let minMilliC = Infinity;
  let maxMilliC = -Infinity;
  for (const reading of readings) {
    minMilliC = Math.min(minMilliC, reading.minMilliC);
    maxMilliC = Math.max(maxMilliC, reading.maxMilliC);
  }
  return rangeText({ minMilliC, maxMilliC });
}
