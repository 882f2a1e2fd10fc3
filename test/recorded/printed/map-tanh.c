
__attribute__((visibility("default"))) void k0_map_tanh_z_b_(word args, word from, word to, word thread);
static inline vector k1_tanh(vector v0);

/* map tanh(z + b) */
__attribute__((visibility("default"))) void k0_map_tanh_z_b_(word args, word from, word to, word thread) {
  const word w0 = AT(word_at, args + 0); /* columns */
  const word w1 = AT(word_at, args + 8); /* tailMask */
  const word w2 = AT(word_at, args + 16); /* z */
  const word w3 = AT(word_at, args + 24); /* stride:z */
  const word w4 = AT(word_at, args + 32); /* b */
  const word w6 = AT(word_at, args + 48); /* output:0 */
  const word w7 = AT(word_at, args + 56); /* stride:output:0 */
  word i4 = 0, i5 = 0, i6 = 0, i7 = 0, i8 = 0;
  vector v9 = {0}, v10 = {0}, v11 = {0}, v12 = {0}, v13 = {0}, v14 = {0}, v15 = {0}, v16 = {0}, v17 = {0};
  i6 = w2;
  i6 = i6 + (from * w3);
  i7 = w4;
  i8 = w6;
  i8 = i8 + (from * w7);
  for (i4 = from; i4 < to; i4 += 1) {
    for (i5 = 0; i5 < w0; i5 += 32) {
      v9 = AT(vector_at, i6 + i5); /* z */
      v10 = AT(vector_at, i7 + i5); /* b */
      v11 = v9 + v10; /* z + b */
      v12 = k1_tanh(v11); /* tanh(z + b) */
      AT(vector_at, i8 + i5) = v12;
    }
    if (w1) {
      v13 = AT(vector_at, w1);
      v14 = AT(vector_at, i6 + i5); /* z */
      v15 = AT(vector_at, i7 + i5); /* b */
      v16 = v14 + v15; /* z + b */
      v17 = k1_tanh(v16); /* tanh(z + b) */
      AT(vector_at, i8 + i5) = (vector)((bits)v17 & (bits)v13);
    }
    i6 = i6 + w3;
    i8 = i8 + w7;
  }
}

/* tanh */
static inline vector k1_tanh(vector v0) {
  vector v1 = {0}, v2 = {0};
  v1 = pmin(pmax(v0, splat(-9.0f)), splat(9.0f));
  v2 = v1 * v1;
  return pmin(pmax(((v1 * madd(madd(madd(madd(splat(1.3354601868798e-8f), v2, splat(0.000020609037164831534f)), v2, splat(0.003495585173368454f)), v2, splat(0.13381023705005646f)), v2, splat(1.0f))) / madd(madd(madd(madd(splat(7.776533266223851e-7f), v2, splat(0.0003285630082245916f)), v2, splat(0.02587697096168995f)), v2, splat(0.46714338660240173f)), v2, splat(1.0f))), splat(-1.0f)), splat(1.0f));
}
