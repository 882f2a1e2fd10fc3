
__attribute__((visibility("default"))) void k0_sweep_oja_4x4_forward(word args, word from, word to, word thread);

/* sweep oja 4x4 forward */
__attribute__((visibility("default"))) void k0_sweep_oja_4x4_forward(word args, word from, word to, word thread) {
  const word w0 = AT(word_at, args + 0); /* byRows */
  const word w1 = AT(word_at, args + 8); /* descending */
  const word w2 = AT(word_at, args + 16); /* param:w */
  const word w3 = AT(word_at, args + 24); /* param:alpha */
  const word w4 = AT(word_at, args + 32); /* param:eta */
  const word w5 = AT(word_at, args + 40); /* vector:pre */
  const word w6 = AT(word_at, args + 48); /* vector:post */
  const word w7 = AT(word_at, args + 56); /* from:H */
  const word w8 = AT(word_at, args + 64); /* x */
  const word w9 = AT(word_at, args + 72); /* to:H */
  const word w10 = AT(word_at, args + 80); /* z */
  const word w11 = AT(word_at, args + 88); /* slot:z */
  word i4 = 0, i5 = 0, i6 = 0, i7 = 0, i8 = 0, i9 = 0, i10 = 0, i11 = 0, i12 = 0, i13 = 0, i14 = 0, i17 = 0;
  word i18 = 0, i21 = 0, i26 = 0, i27 = 0, i28 = 0, i29 = 0, i31 = 0, i33 = 0, i34 = 0, i36 = 0, i37 = 0, i49 = 0;
  word i50 = 0, i52 = 0, i59 = 0, i60 = 0, i63 = 0, i65 = 0, i77 = 0, i78 = 0, i80 = 0, i87 = 0, i88 = 0, i91 = 0;
  word i93 = 0, i96 = 0, i97 = 0, i98 = 0, i99 = 0, i100 = 0, i101 = 0;
  vector v15 = {0}, v16 = {0}, v19 = {0}, v20 = {0}, v22 = {0}, v23 = {0}, v24 = {0}, v25 = {0}, v30 = {0}, v32 = {0}, v35 = {0}, v38 = {0};
  vector v39 = {0}, v40 = {0}, v41 = {0}, v42 = {0}, v43 = {0}, v44 = {0}, v45 = {0}, v46 = {0}, v47 = {0}, v48 = {0}, v51 = {0}, v53 = {0};
  vector v54 = {0}, v55 = {0}, v56 = {0}, v57 = {0}, v58 = {0}, v61 = {0}, v62 = {0}, v64 = {0}, v66 = {0}, v67 = {0}, v68 = {0}, v69 = {0};
  vector v70 = {0}, v71 = {0}, v72 = {0}, v73 = {0}, v74 = {0}, v75 = {0}, v76 = {0}, v79 = {0}, v81 = {0}, v82 = {0}, v83 = {0}, v84 = {0};
  vector v85 = {0}, v86 = {0}, v89 = {0}, v90 = {0}, v92 = {0}, v94 = {0}, v95 = {0};
  i7 = 16;
  if (w1) {
    i6 = 0;
    i7 = -16;
  }
  if (w0) {
    i12 = 1;
    i9 = from;
    i10 = to;
  }
  else {
    i11 = from;
    i12 = to;
    i10 = 4;
  }
  v16 = splat(AT(f32_at, w4)); /* eta */
  for (i4 = i11; i4 < i12; i4 += 1) {
    i13 = w7 + (i4 * 64); /* from:H */
    i17 = w6 + (i4 * 16); /* vector:post */
    i21 = w5 + (i4 * 16); /* vector:pre */
    i26 = w9 + (i4 * 64); /* to:H */
    i28 = (w10 + (i4 * 16)) + (thread * w11); /* z */
    i31 = w8 + (i4 * 16); /* x */
    i33 = w3; /* param:alpha */
    i36 = w2; /* param:w */
    __builtin_memset((void *)i28, 0, 16);
    i97 = (word)((unsigned long long)(i10 - i9) / (unsigned long long)2);
    i99 = i97 * 1;
    i98 = (i10 - i9) - i99;
    for (i101 = 0; i101 < i98; i101 += 1) {
      i100 = i101;
      if (w1) {
        i100 = (i98 - 1) - i100;
      }
      if (i100 < i97) {
        i5 = i9 + (i100 * 2);
        if (w1) {
          v41 = splat(AT(f32_at, i21 + (i5 << 2))); /* pre */
          v45 = splat(AT(f32_at, i31 + (i5 << 2))); /* x(read) */
          v22 = splat(AT(f32_at, i21 + (i5 << 2) + 4)); /* pre */
          v32 = splat(AT(f32_at, i31 + (i5 << 2) + 4)); /* x(read) */
          i8 = (i5 * 16) + i6;
          i14 = i13 + i8; /* from:H */
          i18 = i17 + i6; /* vector:post */
          i27 = i26 + i8; /* to:H */
          i29 = i28 + i6; /* z */
          i34 = i33 + i8; /* param:alpha */
          i37 = i36 + i8; /* param:w */
          for (i49 = 0; i49 < 1; i49 += 1) {
            v19 = AT(vector_at, i18); /* post */
            v20 = v16 * v19; /* eta * post */
            v15 = AT(vector_at, i14 + 16); /* H */
            v23 = nmadd(v19, v15, v22); /* pre - post * H */
            v24 = madd(v20, v23, v15); /* H + eta * post * (pre - post * H) */
            v25 = v24; /* H(next) */
            AT(vector_at, i27 + 16) = v25;
            v30 = AT(vector_at, i29); /* z */
            v35 = AT(vector_at, i34 + 16); /* alpha */
            v38 = AT(vector_at, i37 + 16); /* w */
            v39 = madd(v25, v35, v38); /* w + H(next) * alpha */
            v30 = madd(v32, v39, v30); /* z + x(read) * (w + H(next) * alpha) */
            v40 = AT(vector_at, i14); /* H */
            v42 = nmadd(v19, v40, v41); /* pre - post * H */
            v43 = madd(v20, v42, v40); /* H + eta * post * (pre - post * H) */
            v44 = v43; /* H(next) */
            AT(vector_at, i27) = v44;
            v46 = AT(vector_at, i34); /* alpha */
            v47 = AT(vector_at, i37); /* w */
            v48 = madd(v44, v46, v47); /* w + H(next) * alpha */
            v30 = madd(v45, v48, v30); /* z + x(read) * (w + H(next) * alpha) */
            AT(vector_at, i29) = v30;
            i14 = i14 + i7;
            i18 = i18 + i7;
            i27 = i27 + i7;
            i29 = i29 + i7;
            i34 = i34 + i7;
            i37 = i37 + i7;
          }
        }
        else {
          v55 = splat(AT(f32_at, i21 + (i5 << 2))); /* pre */
          v62 = splat(AT(f32_at, i31 + (i5 << 2))); /* x(read) */
          v69 = splat(AT(f32_at, i21 + (i5 << 2) + 4)); /* pre */
          v73 = splat(AT(f32_at, i31 + (i5 << 2) + 4)); /* x(read) */
          i8 = (i5 * 16) + i6;
          i50 = i13 + i8; /* from:H */
          i52 = i17 + i6; /* vector:post */
          i59 = i26 + i8; /* to:H */
          i60 = i28 + i6; /* z */
          i63 = i33 + i8; /* param:alpha */
          i65 = i36 + i8; /* param:w */
          for (i77 = 0; i77 < 1; i77 += 1) {
            v53 = AT(vector_at, i52); /* post */
            v54 = v16 * v53; /* eta * post */
            v51 = AT(vector_at, i50); /* H */
            v56 = nmadd(v53, v51, v55); /* pre - post * H */
            v57 = madd(v54, v56, v51); /* H + eta * post * (pre - post * H) */
            v58 = v57; /* H(next) */
            AT(vector_at, i59) = v58;
            v61 = AT(vector_at, i60); /* z */
            v64 = AT(vector_at, i63); /* alpha */
            v66 = AT(vector_at, i65); /* w */
            v67 = madd(v58, v64, v66); /* w + H(next) * alpha */
            v61 = madd(v62, v67, v61); /* z + x(read) * (w + H(next) * alpha) */
            v68 = AT(vector_at, i50 + 16); /* H */
            v70 = nmadd(v53, v68, v69); /* pre - post * H */
            v71 = madd(v54, v70, v68); /* H + eta * post * (pre - post * H) */
            v72 = v71; /* H(next) */
            AT(vector_at, i59 + 16) = v72;
            v74 = AT(vector_at, i63 + 16); /* alpha */
            v75 = AT(vector_at, i65 + 16); /* w */
            v76 = madd(v72, v74, v75); /* w + H(next) * alpha */
            v61 = madd(v73, v76, v61); /* z + x(read) * (w + H(next) * alpha) */
            AT(vector_at, i60) = v61;
            i50 = i50 + i7;
            i52 = i52 + i7;
            i59 = i59 + i7;
            i60 = i60 + i7;
            i63 = i63 + i7;
            i65 = i65 + i7;
          }
        }
      }
      else {
        i5 = i9 + (i99 + i100);
        v83 = splat(AT(f32_at, i21 + (i5 << 2))); /* pre */
        v90 = splat(AT(f32_at, i31 + (i5 << 2))); /* x(read) */
        i8 = (i5 * 16) + i6;
        i78 = i13 + i8; /* from:H */
        i80 = i17 + i6; /* vector:post */
        i87 = i26 + i8; /* to:H */
        i88 = i28 + i6; /* z */
        i91 = i33 + i8; /* param:alpha */
        i93 = i36 + i8; /* param:w */
        for (i96 = 0; i96 < 1; i96 += 1) {
          v81 = AT(vector_at, i80); /* post */
          v82 = v16 * v81; /* eta * post */
          v79 = AT(vector_at, i78); /* H */
          v84 = nmadd(v81, v79, v83); /* pre - post * H */
          v85 = madd(v82, v84, v79); /* H + eta * post * (pre - post * H) */
          v86 = v85; /* H(next) */
          AT(vector_at, i87) = v86;
          v89 = AT(vector_at, i88); /* z */
          v92 = AT(vector_at, i91); /* alpha */
          v94 = AT(vector_at, i93); /* w */
          v95 = madd(v86, v92, v94); /* w + H(next) * alpha */
          v89 = madd(v90, v95, v89); /* z + x(read) * (w + H(next) * alpha) */
          AT(vector_at, i88) = v89;
          i78 = i78 + i7;
          i80 = i80 + i7;
          i87 = i87 + i7;
          i88 = i88 + i7;
          i91 = i91 + i7;
          i93 = i93 + i7;
        }
      }
    }
  }
}
