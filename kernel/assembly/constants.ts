/**
 * Numbers of the curve edwards25519, as twenty limbs of radix 2^13 each.
 *
 * Reads  nothing.   Used by  decompress.ts, point.ts, buckets.ts, sum.ts.
 * Source RFC 8032 section 5.1: p = 2^255 - 19, d and the base point.
 * @module
 */

/** d = -121665 / 121666. */
// prettier-ignore
export const D = memory.data<i16>([-1885, -1332, -3451, -2404, -2209, 3158, 1287, 2472, -4086, 4, -1498, 3828, 1943, 928, 3635, -50, 2928, 1905, 219, 164]);

/** 2 d. */
// prettier-ignore
export const D2 = memory.data<i16>([-3751, -2664, 1290, 3383, 3773, -1877, 2575, -3248, 21, 7, -2996, -536, 3887, 1856, -922, -99, -2336, 3811, 438, 72]);

/** 4 d. */
// prettier-ignore
export const D4 = memory.data<i16>([690, 2863, 2579, -1426, -645, -3753, -3042, 1697, 41, 14, 2200, -1073, -418, 3713, -1844, -198, 3520, -571, 877, 144]);

/** 1 / 2. */
// prettier-ignore
export const HALF = memory.data<i16>([-9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 128]);

/** Half of a square root of -1, 2^((p - 1) / 4). */
// prettier-ignore
export const HALF_ROOT = memory.data<i16>([-4008, 2107, 1257, 3611, 1575, -1762, -1440, 107, 396, -835, -1291, -516, 1226, -3264, -2473, -527, 2017, -3583, -3995, 44]);

/** The base point as decompress.ts would leave it: (y + x) / 2, (y - x) / 2, d x y. */
// prettier-ignore
export const BASE = memory.data<i16>([-583, -2511, -1825, -876, 2430, 902, -2280, -912, 2455, 2878, 2136, 1085, 1219, 722, 2638, 2982, -1558, -2839, -1548, 136, 2207, -766, 187, -4039, -791, 4013, 641, -4003, -816, 2037, -3775, 2192, 419, -3999, 3916, 294, 3196, -438, -90, 69, -2764, -533, 177, 2322, -2722, -3800, -1706, 573, 3316, -3941, 2866, -701, 3679, 1759, -3916, 1627, 3974, 3490, 559, 111]);
