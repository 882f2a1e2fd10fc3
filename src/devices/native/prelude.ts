import type { Target } from "../loops/target.js";

/** `count` times the same, as a vector's numbers are written out. */
const times = (count: number, text: string): string => Array(count).fill(text).join(", ");

/**
 * Instructions that no operator of C's stands for, and that compilers find in loops over lanes only now and then. GCC has
 * functions of its own for x86 (those that its header of intrinsics uses; that header itself takes two seconds to read);
 * elsewhere the plain text does.
 */
function instructions({ lanes, fma }: Target): string {
  const [width, masked] = ({ 4: ["", ""], 8: ["256", ""], 16: ["512_mask", ", -1, 4"] } as const)[
    lanes as 4 | 8 | 16
  ];
  const source = masked ? ", a" : "";
  const fused = fma
    ? `#ifdef GCC_X86
OP vector madd(vector a, vector b, vector c) { return __builtin_ia32_vfmaddps${width}(a, b, c${masked}); }
#elif defined(__clang__)
OP vector madd(vector a, vector b, vector c) {
#pragma clang fp contract(fast)
  return a * b + c;
}
#else
OP vector madd(vector a, vector b, vector c) { EACH a[i] = __builtin_fmaf(a[i], b[i], c[i]); return a; }
#endif
OP vector nmadd(vector a, vector b, vector c) { return madd(-a, b, c); }`
    : `OP vector madd(vector a, vector b, vector c) { return a * b + c; }
OP vector nmadd(vector a, vector b, vector c) { return c - a * b; }`;
  return `#if defined(__x86_64__) && !defined(__clang__)
#define GCC_X86
OP vector pmin(vector a, vector b) { return __builtin_ia32_minps${width}(b, a${source}${masked}); }
OP vector pmax(vector a, vector b) { return __builtin_ia32_maxps${width}(b, a${source}${masked}); }
OP vector root(vector a) { return __builtin_ia32_sqrtps${width}(a${source}${masked}); }
#else
OP vector pmin(vector a, vector b) { return select((vector)(b < a), b, a); }
OP vector pmax(vector a, vector b) { return select((vector)(a < b), b, a); }
OP vector root(vector a) { EACH a[i] = __builtin_sqrtf(a[i]); return a; }
#endif
${fused}`;
}

/**
 * What every kernel's text in C begins with: vectors as GCC and clang have them, and the operators that C has not, each with
 * the meaning of the WebAssembly instruction of the same name (NaN, signed zeros and what is out of range included).
 */
export const prelude = (target: Target): string => `
#define LANES ${target.lanes}
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

OP vector splat(float x) { return (vector){${times(target.lanes, "x")}}; }
OP vector splat_bits(int x) { return (vector)(bits){${times(target.lanes, "x")}}; }
OP vector select(vector mask, vector a, vector b) {
  return (vector)(((bits)mask & (bits)a) | (~(bits)mask & (bits)b));
}
${instructions(target)}
OP vector absolute(vector a) { return (vector)((bits)a & 0x7fffffff); }
/* Beyond 2^23 there are whole numbers only; below, adding it rounds to one, to the even one of two. */
OP vector nearest(vector a) {
  vector size = absolute(a), whole = (size + splat(8388608.f)) - splat(8388608.f);
  vector rounded = (vector)((bits)whole | ((bits)a & (int)0x80000000));
  return select((vector)(size < splat(8388608.f)), rounded, a);
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
OP word whole_word(float a) {
  return a != a ? 0 : a >= 2147483648.f ? 2147483647 : a <= -2147483648.f ? -2147483647 - 1 : (word)a;
}
/* Sums of lanes: by halves until there are four, then even ones and odd ones. */
OP quarter fold(vector a) {
  union { vector all; quarter part[LANES / 4]; } u = {a};
${{ 4: "  return u.part[0];", 8: "  return u.part[0] + u.part[1];", 16: "  return (u.part[0] + u.part[2]) + (u.part[1] + u.part[3]);" }[target.lanes as 4 | 8 | 16]}
}
OP float sum(vector a) { quarter q = fold(a); return (q[0] + q[2]) + (q[1] + q[3]); }
OP vector widened(quarter q) { return (vector){q[0], q[1], q[2], q[3]}; }
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
