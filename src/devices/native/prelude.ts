import type { Target } from "../loops/target.js";

/**
 * What every kernel's text in C begins with: vectors as GCC and clang have them, and the operators that C has not, each with
 * the meaning of the WebAssembly instruction of the same name (NaN, signed zeros and what is out of range included).
 *
 * Loops over lanes become one instruction. Intrinsics would say so outright, but their header takes two seconds to read.
 * No header is included at all.
 */
export const prelude = ({ lanes, fma }: Target): string => `
#define LANES ${lanes}
typedef __INT64_TYPE__ word;
typedef float vector __attribute__((vector_size(4 * LANES)));
typedef int bits __attribute__((vector_size(4 * LANES)));
typedef unsigned ubits __attribute__((vector_size(4 * LANES)));
typedef float quarter __attribute__((vector_size(16)));
/* In memory: not aligned to more than a number, and whatever else is there may be the same. */
typedef float vector_at __attribute__((vector_size(4 * LANES), aligned(4), may_alias));
typedef float f32_at __attribute__((may_alias));
typedef double f64_at __attribute__((may_alias));
typedef int i32_at __attribute__((may_alias));
typedef word word_at __attribute__((may_alias));
#define AT(type, address) (*(type *)(address))
#define EACH for (int i = 0; i < LANES; i++)
#define OP static inline __attribute__((always_inline))

OP vector splat(float x) { vector r; EACH r[i] = x; return r; }
OP vector splat_bits(int x) { bits r; EACH r[i] = x; return (vector)r; }
OP vector mask_of(int lanes) { bits r; EACH r[i] = i < lanes ? -1 : 0; return (vector)r; }
${
  fma
    ? `OP vector madd(vector a, vector b, vector c) { vector r; EACH r[i] = __builtin_fmaf(a[i], b[i], c[i]); return r; }
OP vector nmadd(vector a, vector b, vector c) { vector r; EACH r[i] = __builtin_fmaf(-a[i], b[i], c[i]); return r; }`
    : `OP vector madd(vector a, vector b, vector c) { return a * b + c; }
OP vector nmadd(vector a, vector b, vector c) { return c - a * b; }`
}
OP vector absolute(vector a) { return (vector)((bits)a & 0x7fffffff); }
OP vector root(vector a) { vector r; EACH r[i] = __builtin_sqrtf(a[i]); return r; }
OP vector nearest(vector a) { vector r; EACH r[i] = __builtin_rintf(a[i]); return r; }
OP vector pmin(vector a, vector b) { vector r; EACH r[i] = b[i] < a[i] ? b[i] : a[i]; return r; }
OP vector pmax(vector a, vector b) { vector r; EACH r[i] = a[i] < b[i] ? b[i] : a[i]; return r; }
OP vector select(vector mask, vector a, vector b) {
  return (vector)(((bits)mask & (bits)a) | (~(bits)mask & (bits)b));
}
/* NaN if one of them is; of zeros the negative one, or the positive one. */
OP vector least(vector a, vector b) {
  bits less = a < b, more = b < a, same = a == b, neither = ~(less | more | same);
  return (vector)((less & (bits)a) | (more & (bits)b) | (same & ((bits)a | (bits)b)) | (neither & 0x7fc00000));
}
OP vector greatest(vector a, vector b) {
  bits less = a < b, more = b < a, same = a == b, neither = ~(less | more | same);
  return (vector)((more & (bits)a) | (less & (bits)b) | (same & ((bits)a & (bits)b)) | (neither & 0x7fc00000));
}
/* Whole numbers: 0 for NaN, else the nearest there is. */
OP vector to_i32(vector a) {
  bits number = a == a, large = a >= splat(2147483648.f);
  bits r = __builtin_convertvector((vector)(number & ~large & (bits)a), bits);
  return (vector)((large & 0x7fffffff) | (~large & r));
}
OP vector from_i32(vector a) { return __builtin_convertvector((bits)a, vector); }
OP double least64(double a, double b) { return a != a ? a : b != b ? b : a < b ? a : b; }
OP word least_word(word a, word b) { return a < b ? a : b; }
/* Sums of lanes: by halves until there are four, then even ones and odd ones. */
OP quarter fold(vector a) {
  float l[LANES];
  EACH l[i] = a[i];
  for (int half = LANES / 2; half >= 4; half /= 2)
    for (int i = 0; i < half; i++) l[i] += l[i + half];
  return (quarter){l[0], l[1], l[2], l[3]};
}
OP float sum(vector a) { quarter q = fold(a); return (q[0] + q[2]) + (q[1] + q[3]); }
OP vector widened(quarter q) { vector r = {q[0], q[1], q[2], q[3]}; return r; }
OP vector sums2(vector a, vector b) {
  quarter x = fold(a), y = fold(b);
  quarter u = (quarter){x[0], y[0], x[1], y[1]} + (quarter){x[2], y[2], x[3], y[3]};
  return widened(u + (quarter){u[2], u[3], u[2], u[3]});
}
OP vector sums4(vector a, vector b, vector c, vector d) {
  quarter x = fold(a), y = fold(b), z = fold(c), w = fold(d);
  quarter u = (quarter){x[0], y[0], x[1], y[1]} + (quarter){x[2], y[2], x[3], y[3]};
  quarter v = (quarter){z[0], w[0], z[1], w[1]} + (quarter){z[2], w[2], z[3], w[3]};
  return widened((quarter){u[0], u[1], v[0], v[1]} + (quarter){u[2], u[3], v[2], v[3]});
}
`;
