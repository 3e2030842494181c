/**
 * SHA-512 of R, A and a message, without a copy of the message.
 *
 * Reads  nothing.   Used by  batch.ts: the challenge of each signature.
 * Source FIPS 180-4 sections 4.1.3, 5.1.2, 5.3.5 and 6.4.2.
 * @module
 */

// prettier-ignore
const K = memory.data<u64>([
  0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
  0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
  0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
  0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
  0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
  0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
  0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
  0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
  0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
  0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
  0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
  0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
  0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
  0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
  0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
  0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
  0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
  0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
  0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
  0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
]);
// prettier-ignore
const INITIAL = memory.data<u64>([
  0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
  0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
]);

/** The message schedule of the block at hand. */
const w: usize = memory.data(80 * 8, 16);
const state: usize = memory.data(64, 16);
const edge: usize = memory.data(256, 16);

/** Writes the 64-byte digest of 32 bytes at `r`, 32 at `a` and `length` at `message`. */
export function sha512(to: usize, r: usize, a: usize, message: usize, length: u32): void {
  memory.copy(state, INITIAL, 64);
  memory.copy(edge, r, 32);
  memory.copy(edge + 32, a, 32);
  let at: u32 = 0;
  if (length >= 64) {
    memory.copy(edge + 64, message, 64);
    block(edge);
    for (at = 64; at + 128 <= length; at += 128) block(message + at);
    finish(0, message + at, length - at, length);
  } else finish(64, message, length, length);
  for (let i: usize = 0; i < 64; i += 16) v128.store(to + i, reversed(v128.load(state + i)));
}

/** Hashes the rest: `head` bytes already at `edge`, `rest` bytes at `tail`, padding and the length in bits. */
function finish(head: usize, tail: usize, rest: usize, length: u32): void {
  memory.copy(edge + head, tail, rest);
  const end = head + rest, size: usize = end < 112 ? 128 : 256;
  memory.fill(edge + end, 0, size - end);
  store<u8>(edge + end, 0x80);
  store<u64>(edge + size - 8, bswap<u64>((<u64>length + 64) << 3));
  block(edge);
  if (size > 128) block(edge + 128);
}

/** Both 64-bit words with their bytes in the other order. */
// prettier-ignore
@inline
function reversed(a: v128): v128 {
  return i8x16.shuffle(a, a, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
}

// prettier-ignore
@inline
function rotate(a: v128, n: i32): v128 {
  return v128.or(i64x2.shr_u(a, n), i64x2.shl(a, 64 - n));
}

/** Words t + 16 and t + 17 of the message schedule, `t` an address: the vector units compute them between two rounds. */
// prettier-ignore
@inline
function extend(t: usize): void {
  const first = v128.load(t), z = v128.load(t, 112);
  const x = v128.shuffle<i64>(first, v128.load(t, 16), 1, 2);
  const y = v128.shuffle<i64>(v128.load(t, 64), v128.load(t, 80), 1, 2);
  const s0 = v128.xor(v128.xor(rotate(x, 1), rotate(x, 8)), i64x2.shr_u(x, 7));
  const s1 = v128.xor(v128.xor(rotate(z, 19), rotate(z, 61)), i64x2.shr_u(z, 6));
  v128.store(t, i64x2.add(i64x2.add(first, s0), i64x2.add(y, s1)), 128);
}

/** Σ1 and Σ0: the rotations one within the other, which takes two copies fewer. */
// prettier-ignore
@inline
function big1(e: u64): u64 {
  return rotr(e ^ rotr(e ^ rotr(e, 23), 4), 14);
}
// prettier-ignore
@inline
function ch(e: u64, f: u64, g: u64): u64 {
  return g ^ (e & (f ^ g));
}
// prettier-ignore
@inline
function big0(a: u64): u64 {
  return rotr(a ^ rotr(a ^ rotr(a, 5), 6), 28);
}
/** The majority of three is b ^ ((a ^ b) & (b ^ c)), and the a ^ b of one round is the b ^ c of the next. */
function block(from: usize): void {
  for (let t: usize = 0; t < 128; t += 16) v128.store(w + t, reversed(v128.load(from + t)));
  let a = load<u64>(state), b = load<u64>(state, 8), c = load<u64>(state, 16), d = load<u64>(state, 24);
  let e = load<u64>(state, 32), f = load<u64>(state, 40), g = load<u64>(state, 48), h = load<u64>(state, 56);
  let k = K, x = b ^ c, y: u64 = 0;
  for (let t: usize = w; t < w + 512; t += 64, k += 64) {
    extend(t);
    h += load<u64>(t) + load<u64>(k); h += ch(e, f, g); h += big1(e); d += h; y = a ^ b; h += b ^ (x & y); x = y; h += big0(a);
    g += load<u64>(t, 8) + load<u64>(k, 8); g += ch(d, e, f); g += big1(d); c += g; y = h ^ a; g += a ^ (x & y); x = y; g += big0(h);
    extend(t + 16);
    f += load<u64>(t, 16) + load<u64>(k, 16); f += ch(c, d, e); f += big1(c); b += f; y = g ^ h; f += h ^ (x & y); x = y; f += big0(g);
    e += load<u64>(t, 24) + load<u64>(k, 24); e += ch(b, c, d); e += big1(b); a += e; y = f ^ g; e += g ^ (x & y); x = y; e += big0(f);
    extend(t + 32);
    d += load<u64>(t, 32) + load<u64>(k, 32); d += ch(a, b, c); d += big1(a); h += d; y = e ^ f; d += f ^ (x & y); x = y; d += big0(e);
    c += load<u64>(t, 40) + load<u64>(k, 40); c += ch(h, a, b); c += big1(h); g += c; y = d ^ e; c += e ^ (x & y); x = y; c += big0(d);
    extend(t + 48);
    b += load<u64>(t, 48) + load<u64>(k, 48); b += ch(g, h, a); b += big1(g); f += b; y = c ^ d; b += d ^ (x & y); x = y; b += big0(c);
    a += load<u64>(t, 56) + load<u64>(k, 56); a += ch(f, g, h); a += big1(f); e += a; y = b ^ c; a += c ^ (x & y); x = y; a += big0(b);
  }
  for (let t: usize = w + 512; t < w + 640; t += 64, k += 64) {
    h += load<u64>(t) + load<u64>(k); h += ch(e, f, g); h += big1(e); d += h; y = a ^ b; h += b ^ (x & y); x = y; h += big0(a);
    g += load<u64>(t, 8) + load<u64>(k, 8); g += ch(d, e, f); g += big1(d); c += g; y = h ^ a; g += a ^ (x & y); x = y; g += big0(h);
    f += load<u64>(t, 16) + load<u64>(k, 16); f += ch(c, d, e); f += big1(c); b += f; y = g ^ h; f += h ^ (x & y); x = y; f += big0(g);
    e += load<u64>(t, 24) + load<u64>(k, 24); e += ch(b, c, d); e += big1(b); a += e; y = f ^ g; e += g ^ (x & y); x = y; e += big0(f);
    d += load<u64>(t, 32) + load<u64>(k, 32); d += ch(a, b, c); d += big1(a); h += d; y = e ^ f; d += f ^ (x & y); x = y; d += big0(e);
    c += load<u64>(t, 40) + load<u64>(k, 40); c += ch(h, a, b); c += big1(h); g += c; y = d ^ e; c += e ^ (x & y); x = y; c += big0(d);
    b += load<u64>(t, 48) + load<u64>(k, 48); b += ch(g, h, a); b += big1(g); f += b; y = c ^ d; b += d ^ (x & y); x = y; b += big0(c);
    a += load<u64>(t, 56) + load<u64>(k, 56); a += ch(f, g, h); a += big1(f); e += a; y = b ^ c; a += c ^ (x & y); x = y; a += big0(b);
  }
  store<u64>(state, load<u64>(state) + a);
  store<u64>(state, load<u64>(state, 8) + b, 8);
  store<u64>(state, load<u64>(state, 16) + c, 16);
  store<u64>(state, load<u64>(state, 24) + d, 24);
  store<u64>(state, load<u64>(state, 32) + e, 32);
  store<u64>(state, load<u64>(state, 40) + f, 40);
  store<u64>(state, load<u64>(state, 48) + g, 48);
  store<u64>(state, load<u64>(state, 56) + h, 56);
}
