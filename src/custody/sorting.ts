// Browser-safe.
/**
 * Sorting what is few and mostly in order: the events of one subject, the reports about it.
 *
 * Reads  nothing.   Used by  timeline.ts, temperature.ts, judgement/ (CC rules).
 * @module
 */

/** Most items sorted by inserting. Each is compared with half of those before it at worst: whoever writes many in reverse gains nothing. */
const INSERTED_MAX = 32;

/**
 * Sorts a list in place and returns it; equal items keep their order. Few are inserted one by one, which costs a step each where they are
 * in order.
 * @param sorted - how many of the first are known to be in order.
 */
export function sortFew<T>(list: T[], compare: (a: T, b: T) => number, sorted = 1): T[] {
  if (list.length > INSERTED_MAX) return list.sort(compare);
  for (let i = sorted; i < list.length; i++) {
    const one = list[i]!;
    let j = i;
    for (; j > 0 && compare(list[j - 1]!, one) > 0; j--) list[j] = list[j - 1]!;
    if (j < i) list[j] = one;
  }
  return list;
}
