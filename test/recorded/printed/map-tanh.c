
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
  word i4 = 0, i5 = 0, i6 = 0, i7 = 0, i9 = 0;
  vector v8 = {0}, v10 = {0}, v11 = {0}, v12 = {0}, v13 = {0}, v14 = {0}, v15 = {0}, v16 = {0}, v17 = {0}, v18 = {0};
  i6 = w2;
  i6 = i6 + (from * w3);
  i7 = w4;
  i9 = w6;
  i9 = i9 + (from * w7);
  for (i4 = from; i4 < to; i4 += 1) {
    for (i5 = 0; i5 < w0; i5 += 32) {
      v10 = AT(vector_at, i6 + i5); /* z */
      v11 = AT(vector_at, i7 + i5); /* b */
      v12 = v10 + v11; /* z + b */
      v13 = k1_tanh(v12); /* tanh(z + b) */
      AT(vector_at, i9 + i5) = v13;
    }
    if (w1) {
      v14 = AT(vector_at, w1);
      v15 = AT(vector_at, i6 + i5); /* z */
      v16 = AT(vector_at, i7 + i5); /* b */
      v17 = v15 + v16; /* z + b */
      v18 = k1_tanh(v17); /* tanh(z + b) */
      AT(vector_at, i9 + i5) = (vector)((bits)v18 & (bits)v14);
    }
    i6 = i6 + w3;
    i9 = i9 + w7;
  }
}

/* tanh */
static inline vector k1_tanh(vector v0) {
  vector v1 = {0}, v2 = {0};
  v1 = pmin(pmax(v0, splat(-9.0f)), splat(9.0f));
  v2 = v1 * v1;
  return pmin(pmax(((v1 * madd(madd(madd(madd(splat(1.3354601868798e-8f), v2, splat(0.000020609037164831534f)), v2, splat(0.003495585173368454f)), v2, splat(0.13381023705005646f)), v2, splat(1.0f))) / madd(madd(madd(madd(splat(7.776533266223851e-7f), v2, splat(0.0003285630082245916f)), v2, splat(0.02587697096168995f)), v2, splat(0.46714338660240173f)), v2, splat(1.0f))), splat(-1.0f)), splat(1.0f));
}
