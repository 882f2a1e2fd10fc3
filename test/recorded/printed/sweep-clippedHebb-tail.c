
__attribute__((visibility("default"))) void k0_sweep_clippedHebb_3x11_backward(word args, word from, word to, word thread);

/* sweep clippedHebb 3x11 backward */
__attribute__((visibility("default"))) void k0_sweep_clippedHebb_3x11_backward(word args, word from, word to, word thread) {
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
  word i4 = 0, i5 = 0, i6 = 0, i7 = 0, i8 = 0, i10 = 0, i11 = 0, i12 = 0, i13 = 0, i16 = 0, i17 = 0, i20 = 0;
  word i23 = 0, i24 = 0, i31 = 0, i32 = 0, i34 = 0, i36 = 0, i37 = 0, i40 = 0, i41 = 0, i43 = 0, i44 = 0, i49 = 0;
  word i50 = 0, i52 = 0, i53 = 0, i74 = 0, i76 = 0, i77 = 0, i78 = 0, i79 = 0, i80 = 0, i81 = 0, i82 = 0;
  double d9 = 0;
  vector v14 = {0}, v15 = {0}, v18 = {0}, v19 = {0}, v21 = {0}, v22 = {0}, v25 = {0}, v26 = {0}, v27 = {0}, v28 = {0}, v29 = {0}, v30 = {0};
  vector v33 = {0}, v35 = {0}, v38 = {0}, v39 = {0}, v42 = {0}, v45 = {0}, v46 = {0}, v47 = {0}, v48 = {0}, v51 = {0}, v54 = {0}, v55 = {0};
  vector v56 = {0}, v57 = {0}, v58 = {0}, v59 = {0}, v60 = {0}, v61 = {0}, v62 = {0}, v63 = {0}, v64 = {0}, v65 = {0}, v66 = {0}, v67 = {0};
  vector v68 = {0}, v69 = {0}, v70 = {0}, v71 = {0}, v72 = {0}, v73 = {0}, v75 = {0};
  i7 = 32;
  if (w1) {
    i6 = 0;
    i7 = -32;
  }
  if (w0) {
    i13 = 1;
    i10 = from;
    i11 = to;
  }
  else {
    i12 = from;
    i13 = to;
    i11 = 3;
  }
  d9 = 0.0;
  v19 = splat(AT(f32_at, w4)); /* eta */
  v27 = splat(-1.0f); /* -1 */
  v28 = splat(1.0f); /* 1 */
  for (i4 = i12; i4 < i13; i4 += 1) {
    i16 = w7 + (i4 * 192); /* from:H */
    i20 = w5 + (i4 * 32); /* vector:pre */
    i23 = w6 + (i4 * 64); /* vector:post */
    i31 = w12 + (thread * w13); /* sum:alpha */
    i34 = w8 + (i4 * 32); /* x */
    i36 = w10 + (i4 * 64); /* dz */
    i40 = w9 + (i4 * 192); /* adjoint:H */
    i43 = w3; /* param:alpha */
    i49 = (w17 + (i4 * 64)) + (thread * w18); /* sum:post */
    i52 = w2; /* param:w */
    i76 = w11 + (i4 * 32); /* sum:x(read) */
    i77 = w16 + (i4 * 32); /* sum:pre */
    if (w0) {
      __builtin_memset((void *)i49, 0, 64);
    }
    i78 = (word)((unsigned long long)(i11 - i10) / (unsigned long long)1);
    i80 = i78 * 0;
    i79 = (i11 - i10) - i80;
    for (i82 = 0; i82 < i79; i82 += 1) {
      i81 = i82;
      if (w1) {
        i81 = (i79 - 1) - i81;
      }
      i5 = i10 + i81;
      v21 = splat(AT(f32_at, i20 + (i5 << 2))); /* pre */
      v22 = v19 * v21; /* eta * pre */
      v35 = splat(AT(f32_at, i34 + (i5 << 2))); /* x(read) */
      v14 = splat(0.0f); /* S0 */
      v15 = splat(0.0f); /* S1 */
      i8 = (i5 * 64) + i6;
      i17 = i16 + i8; /* from:H */
      i24 = i23 + i6; /* vector:post */
      i32 = i31 + i8; /* sum:alpha */
      i37 = i36 + i6; /* dz */
      i41 = i40 + i8; /* adjoint:H */
      i44 = i43 + i8; /* param:alpha */
      i50 = i49 + i6; /* sum:post */
      i53 = i52 + i8; /* param:w */
      for (i74 = 0; i74 < 1; i74 += 1) {
        v25 = AT(vector_at, i24); /* post */
        v38 = AT(vector_at, i37); /* dz(read) */
        v18 = AT(vector_at, i17); /* H */
        v26 = madd(v22, v25, v18); /* H + eta * pre * post */
        v29 = pmin(pmax(v26, v27), v28); /* clip(H + eta * pre * post, -1, 1) */
        v30 = v29; /* H(next) */
        v33 = AT(vector_at, i32); /* sum:alpha */
        v39 = v35 * v38; /* x(read) * dz(read) */
        v33 = madd(v39, v30, v33); /* sum:alpha + x(read) * dz(read) * H(next) */
        AT(vector_at, i32) = v33;
        v42 = AT(vector_at, i41); /* G(H) */
        v45 = AT(vector_at, i44); /* alpha */
        v46 = madd(v39, v45, v42); /* G(H) + x(read) * dz(read) * alpha */
        v47 = v46; /* A(H) */
        v48 = (vector)((bits)v47 & (bits)(vector)((bits)v29 == (bits)v26)); /* A(H) * within(H + eta * pre * post, -1, 1) */
        AT(vector_at, i41) = v48;
        v51 = AT(vector_at, i50); /* sum:post */
        v51 = madd(v22, v48, v51); /* sum:post + eta * pre * (A(H) * within(H + eta * pre * post, -1, 1)) */
        AT(vector_at, i50) = v51;
        v54 = AT(vector_at, i53); /* w */
        v55 = madd(v30, v45, v54); /* w + H(next) * alpha */
        v14 = madd(v38, v55, v14); /* S0 + dz(read) * (w + H(next) * alpha) */
        v15 = madd(v25, v48, v15); /* S1 + post * (A(H) * within(H + eta * pre * post, -1, 1)) */
        i17 = i17 + i7;
        i24 = i24 + i7;
        i32 = i32 + i7;
        i37 = i37 + i7;
        i41 = i41 + i7;
        i44 = i44 + i7;
        i50 = i50 + i7;
        i53 = i53 + i7;
      }
      i8 = (i5 * 64) + 32;
      i17 = i16 + i8; /* from:H */
      i24 = i23 + 32; /* vector:post */
      i32 = i31 + i8; /* sum:alpha */
      i37 = i36 + 32; /* dz */
      i41 = i40 + i8; /* adjoint:H */
      i44 = i43 + i8; /* param:alpha */
      i50 = i49 + 32; /* sum:post */
      i53 = i52 + i8; /* param:w */
      v57 = AT(vector_at, i24); /* post */
      v62 = AT(vector_at, i37); /* dz(read) */
      v56 = AT(vector_at, i17); /* H */
      v58 = madd(v22, v57, v56); /* H + eta * pre * post */
      v59 = pmin(pmax(v58, v27), v28); /* clip(H + eta * pre * post, -1, 1) */
      v60 = v59; /* H(next) */
      v61 = AT(vector_at, i32); /* sum:alpha */
      v63 = v35 * v62; /* x(read) * dz(read) */
      v61 = (vector)((bits)madd(v63, v60, v61) & (bits)(vector)(bits){-1, -1, -1}); /* sum:alpha + x(read) * dz(read) * H(next) */
      AT(vector_at, i32) = v61;
      v64 = AT(vector_at, i41); /* G(H) */
      v65 = AT(vector_at, i44); /* alpha */
      v66 = madd(v63, v65, v64); /* G(H) + x(read) * dz(read) * alpha */
      v67 = v66; /* A(H) */
      v68 = (vector)((bits)v67 & (bits)(vector)((bits)v59 == (bits)v58)); /* A(H) * within(H + eta * pre * post, -1, 1) */
      AT(vector_at, i41) = (vector)((bits)v68 & (bits)(vector)(bits){-1, -1, -1});
      v69 = AT(vector_at, i50); /* sum:post */
      v69 = (vector)((bits)madd(v22, v68, v69) & (bits)(vector)(bits){-1, -1, -1}); /* sum:post + eta * pre * (A(H) * within(H + eta * pre * post, -1, 1)) */
      AT(vector_at, i50) = v69;
      v70 = AT(vector_at, i53); /* w */
      v71 = madd(v60, v65, v70); /* w + H(next) * alpha */
      v72 = v62 * v71; /* dz(read) * (w + H(next) * alpha) */
      v14 = v14 + (vector)((bits)v72 & (bits)(vector)(bits){-1, -1, -1}); /* S0 + dz(read) * (w + H(next) * alpha) */
      v73 = v57 * v68; /* post * (A(H) * within(H + eta * pre * post, -1, 1)) */
      v15 = v15 + (vector)((bits)v73 & (bits)(vector)(bits){-1, -1, -1}); /* S1 + post * (A(H) * within(H + eta * pre * post, -1, 1)) */
      v75 = sums2(v14, v15); /* S0, S1 */
      AT(f32_at, i76 + (i5 << 2)) = AT(f32_at, i76 + (i5 << 2)) + (v28[0] * v75[0]);
      d9 = d9 + (double)(v21[0] * v75[1]); /* sum:eta */
      AT(f32_at, i77 + (i5 << 2)) = AT(f32_at, i77 + (i5 << 2)) + (v19[0] * v75[1]);
    }
  }
  AT(f64_at, w14 + (thread * w15)) = AT(f64_at, w14 + (thread * w15)) + d9;
}
