
__attribute__((visibility("default"))) void k0_sweep_oja_4x4_backward(word args, word from, word to, word thread);

/* sweep oja 4x4 backward */
__attribute__((visibility("default"))) void k0_sweep_oja_4x4_backward(word args, word from, word to, word thread) {
  const word w0 = AT(word_at, args + 0); /* byRows */
  const word w1 = AT(word_at, args + 8); /* descending */
  const word w2 = AT(word_at, args + 16); /* param:w */
  const word w3 = AT(word_at, args + 24); /* param:alpha */
  const word w4 = AT(word_at, args + 32); /* param:eta */
  const word w5 = AT(word_at, args + 40); /* vector:pre */
  const word w6 = AT(word_at, args + 48); /* vector:post */
  const word w7 = AT(word_at, args + 56); /* from:H */
  const word w8 = AT(word_at, args + 64); /* x */
  const word w9 = AT(word_at, args + 72); /* adjoint:H */
  const word w10 = AT(word_at, args + 80); /* dz */
  const word w11 = AT(word_at, args + 88); /* sum:x(read) */
  const word w12 = AT(word_at, args + 96); /* sum:alpha */
  const word w13 = AT(word_at, args + 104); /* slot:sum:alpha */
  const word w14 = AT(word_at, args + 112); /* sum:eta */
  const word w15 = AT(word_at, args + 120); /* slot:sum:eta */
  const word w16 = AT(word_at, args + 128); /* sum:pre */
  const word w17 = AT(word_at, args + 136); /* sum:post */
  const word w18 = AT(word_at, args + 144); /* slot:sum:post */
  word i4 = 0, i5 = 0, i6 = 0, i7 = 0, i8 = 0, i10 = 0, i11 = 0, i12 = 0, i13 = 0, i17 = 0, i18 = 0, i21 = 0;
  word i22 = 0, i25 = 0, i30 = 0, i31 = 0, i33 = 0, i35 = 0, i36 = 0, i39 = 0, i40 = 0, i42 = 0, i43 = 0, i51 = 0;
  word i52 = 0, i56 = 0, i57 = 0, i62 = 0, i65 = 0, i67 = 0, i68 = 0, i69 = 0, i70 = 0, i71 = 0, i72 = 0;
  double d9 = 0;
  vector v14 = {0}, v15 = {0}, v16 = {0}, v19 = {0}, v20 = {0}, v23 = {0}, v24 = {0}, v26 = {0}, v27 = {0}, v28 = {0}, v29 = {0}, v32 = {0};
  vector v34 = {0}, v37 = {0}, v38 = {0}, v41 = {0}, v44 = {0}, v45 = {0}, v46 = {0}, v47 = {0}, v48 = {0}, v49 = {0}, v50 = {0}, v53 = {0};
  vector v54 = {0}, v55 = {0}, v58 = {0}, v59 = {0}, v60 = {0}, v61 = {0}, v63 = {0}, v64 = {0}, v66 = {0};
  i7 = 16;
  if (w1) {
    i6 = 0;
    i7 = -16;
  }
  if (w0) {
    i13 = 1;
    i10 = from;
    i11 = to;
  }
  else {
    i12 = from;
    i13 = to;
    i11 = 4;
  }
  d9 = 0.0;
  v20 = splat(AT(f32_at, w4)); /* eta */
  v47 = splat(1.0f); /* 1 */
  v66 = splat(-1.0f); /* -1 */
  for (i4 = i12; i4 < i13; i4 += 1) {
    i17 = w7 + (i4 * 64); /* from:H */
    i21 = w6 + (i4 * 16); /* vector:post */
    i25 = w5 + (i4 * 16); /* vector:pre */
    i30 = w12 + (thread * w13); /* sum:alpha */
    i33 = w8 + (i4 * 16); /* x */
    i35 = w10 + (i4 * 16); /* dz */
    i39 = w9 + (i4 * 64); /* adjoint:H */
    i42 = w3; /* param:alpha */
    i51 = (w17 + (i4 * 16)) + (thread * w18); /* sum:post */
    i56 = w2; /* param:w */
    i65 = w11 + (i4 * 16); /* sum:x(read) */
    i67 = w16 + (i4 * 16); /* sum:pre */
    if (w0) {
      __builtin_memset((void *)i51, 0, 16);
    }
    i68 = (word)((unsigned long long)(i11 - i10) / (unsigned long long)1);
    i70 = i68 * 0;
    i69 = (i11 - i10) - i70;
    for (i72 = 0; i72 < i69; i72 += 1) {
      i71 = i72;
      if (w1) {
        i71 = (i69 - 1) - i71;
      }
      i5 = i10 + i71;
      v26 = splat(AT(f32_at, i25 + (i5 << 2))); /* pre */
      v34 = splat(AT(f32_at, i33 + (i5 << 2))); /* x(read) */
      v14 = splat(0.0f); /* S0 */
      v15 = splat(0.0f); /* S1 */
      v16 = splat(0.0f); /* S2 */
      i8 = (i5 * 16) + i6;
      i18 = i17 + i8; /* from:H */
      i22 = i21 + i6; /* vector:post */
      i31 = i30 + i8; /* sum:alpha */
      i36 = i35 + i6; /* dz */
      i40 = i39 + i8; /* adjoint:H */
      i43 = i42 + i8; /* param:alpha */
      i52 = i51 + i6; /* sum:post */
      i57 = i56 + i8; /* param:w */
      for (i62 = 0; i62 < 1; i62 += 1) {
        v23 = AT(vector_at, i22); /* post */
        v24 = v20 * v23; /* eta * post */
        v37 = AT(vector_at, i36); /* dz(read) */
        v48 = v24 * v23; /* eta * post * post */
        v49 = v47 - v48; /* 1 - eta * post * post */
        v60 = v23 * v23; /* post * post */
        v19 = AT(vector_at, i18); /* H */
        v27 = nmadd(v23, v19, v26); /* pre - post * H */
        v28 = madd(v24, v27, v19); /* H + eta * post * (pre - post * H) */
        v29 = v28; /* H(next) */
        v32 = AT(vector_at, i31); /* sum:alpha */
        v38 = v34 * v37; /* x(read) * dz(read) */
        v32 = madd(v38, v29, v32); /* sum:alpha + x(read) * dz(read) * H(next) */
        AT(vector_at, i31) = v32;
        v41 = AT(vector_at, i40); /* G(H) */
        v44 = AT(vector_at, i43); /* alpha */
        v45 = madd(v38, v44, v41); /* G(H) + x(read) * dz(read) * alpha */
        v46 = v45; /* A(H) */
        v50 = v49 * v46; /* (1 - eta * post * post) * A(H) */
        AT(vector_at, i40) = v50;
        v53 = AT(vector_at, i52); /* sum:post */
        v54 = v20 * v27; /* eta * (pre - post * H) */
        v55 = nmadd(v24, v19, v54); /* eta * (pre - post * H) - eta * post * H */
        v53 = madd(v46, v55, v53); /* sum:post + A(H) * (eta * (pre - post * H) - eta * post * H) */
        AT(vector_at, i52) = v53;
        v58 = AT(vector_at, i57); /* w */
        v59 = madd(v29, v44, v58); /* w + H(next) * alpha */
        v14 = madd(v37, v59, v14); /* S0 + dz(read) * (w + H(next) * alpha) */
        v15 = madd(v23, v46, v15); /* S1 + post * A(H) */
        v61 = v46 * v19; /* A(H) * H */
        v16 = madd(v60, v61, v16); /* S2 + post * post * (A(H) * H) */
        i18 = i18 + i7;
        i22 = i22 + i7;
        i31 = i31 + i7;
        i36 = i36 + i7;
        i40 = i40 + i7;
        i43 = i43 + i7;
        i52 = i52 + i7;
        i57 = i57 + i7;
      }
      v63 = sums2(v14, v15); /* S0, S1 */
      v64 = sums2(v16, v16); /* S2 */
      AT(f32_at, i65 + (i5 << 2)) = AT(f32_at, i65 + (i5 << 2)) + (v47[0] * v63[0]);
      d9 = d9 + (double)((v26[0] * v63[1]) + (v66[0] * v64[0])); /* sum:eta */
      AT(f32_at, i67 + (i5 << 2)) = AT(f32_at, i67 + (i5 << 2)) + (v20[0] * v63[1]);
    }
  }
  AT(f64_at, w14 + (thread * w15)) = AT(f64_at, w14 + (thread * w15)) + d9;
}
