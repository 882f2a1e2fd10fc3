
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
  word i4 = 0, i5 = 0, i6 = 0, i7 = 0, i8 = 0, i10 = 0, i11 = 0, i12 = 0, i13 = 0, i18 = 0, i19 = 0, i22 = 0;
  word i25 = 0, i26 = 0, i33 = 0, i34 = 0, i36 = 0, i38 = 0, i39 = 0, i42 = 0, i43 = 0, i45 = 0, i46 = 0, i51 = 0;
  word i52 = 0, i54 = 0, i55 = 0, i107 = 0, i109 = 0, i110 = 0, i114 = 0, i118 = 0, i123 = 0, i126 = 0, i129 = 0, i131 = 0;
  word i136 = 0, i138 = 0, i159 = 0, i161 = 0, i162 = 0, i163 = 0, i164 = 0, i165 = 0;
  double d9 = 0;
  vector v14 = {0}, v15 = {0}, v16 = {0}, v17 = {0}, v20 = {0}, v21 = {0}, v23 = {0}, v24 = {0}, v27 = {0}, v28 = {0}, v29 = {0}, v30 = {0};
  vector v31 = {0}, v32 = {0}, v35 = {0}, v37 = {0}, v40 = {0}, v41 = {0}, v44 = {0}, v47 = {0}, v48 = {0}, v49 = {0}, v50 = {0}, v53 = {0};
  vector v56 = {0}, v57 = {0}, v58 = {0}, v59 = {0}, v60 = {0}, v61 = {0}, v62 = {0}, v63 = {0}, v64 = {0}, v65 = {0}, v66 = {0}, v67 = {0};
  vector v68 = {0}, v69 = {0}, v70 = {0}, v71 = {0}, v72 = {0}, v73 = {0}, v74 = {0}, v75 = {0}, v76 = {0}, v77 = {0}, v78 = {0}, v79 = {0};
  vector v80 = {0}, v81 = {0}, v82 = {0}, v83 = {0}, v84 = {0}, v85 = {0}, v86 = {0}, v87 = {0}, v88 = {0}, v89 = {0}, v90 = {0}, v91 = {0};
  vector v92 = {0}, v93 = {0}, v94 = {0}, v95 = {0}, v96 = {0}, v97 = {0}, v98 = {0}, v99 = {0}, v100 = {0}, v101 = {0}, v102 = {0}, v103 = {0};
  vector v104 = {0}, v105 = {0}, v106 = {0}, v108 = {0}, v111 = {0}, v112 = {0}, v113 = {0}, v115 = {0}, v116 = {0}, v117 = {0}, v119 = {0}, v120 = {0};
  vector v121 = {0}, v122 = {0}, v124 = {0}, v125 = {0}, v127 = {0}, v128 = {0}, v130 = {0}, v132 = {0}, v133 = {0}, v134 = {0}, v135 = {0}, v137 = {0};
  vector v139 = {0}, v140 = {0}, v141 = {0}, v142 = {0}, v143 = {0}, v144 = {0}, v145 = {0}, v146 = {0}, v147 = {0}, v148 = {0}, v149 = {0}, v150 = {0};
  vector v151 = {0}, v152 = {0}, v153 = {0}, v154 = {0}, v155 = {0}, v156 = {0}, v157 = {0}, v158 = {0}, v160 = {0};
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
  v21 = splat(AT(f32_at, w4)); /* eta */
  v29 = splat(-1.0f); /* -1 */
  v30 = splat(1.0f); /* 1 */
  for (i4 = i12; i4 < i13; i4 += 1) {
    i18 = w7 + (i4 * 192); /* from:H */
    i22 = w5 + (i4 * 32); /* vector:pre */
    i25 = w6 + (i4 * 64); /* vector:post */
    i33 = w12 + (thread * w13); /* sum:alpha */
    i36 = w8 + (i4 * 32); /* x */
    i38 = w10 + (i4 * 64); /* dz */
    i42 = w9 + (i4 * 192); /* adjoint:H */
    i45 = w3; /* param:alpha */
    i51 = (w17 + (i4 * 64)) + (thread * w18); /* sum:post */
    i54 = w2; /* param:w */
    i109 = w11 + (i4 * 32); /* sum:x(read) */
    i110 = w16 + (i4 * 32); /* sum:pre */
    if (w0) {
      __builtin_memset((void *)i51, 0, 64);
    }
    i161 = (word)((unsigned long long)(i11 - i10) / (unsigned long long)2);
    i163 = i161 * 1;
    i162 = (i11 - i10) - i163;
    for (i165 = 0; i165 < i162; i165 += 1) {
      i164 = i165;
      if (w1) {
        i164 = (i162 - 1) - i164;
      }
      if (i164 < i161) {
        i5 = i10 + (i164 * 2);
        v23 = splat(AT(f32_at, i22 + (i5 << 2))); /* pre */
        v24 = v21 * v23; /* eta * pre */
        v37 = splat(AT(f32_at, i36 + (i5 << 2))); /* x(read) */
        v59 = splat(AT(f32_at, i22 + (i5 << 2) + 4)); /* pre */
        v60 = v21 * v59; /* eta * pre */
        v65 = splat(AT(f32_at, i36 + (i5 << 2) + 4)); /* x(read) */
        v14 = splat(0.0f); /* S0 */
        v15 = splat(0.0f); /* S0 */
        v16 = splat(0.0f); /* S1 */
        v17 = splat(0.0f); /* S1 */
        i8 = (i5 * 64) + i6;
        i19 = i18 + i8; /* from:H */
        i26 = i25 + i6; /* vector:post */
        i34 = i33 + i8; /* sum:alpha */
        i39 = i38 + i6; /* dz */
        i43 = i42 + i8; /* adjoint:H */
        i46 = i45 + i8; /* param:alpha */
        i52 = i51 + i6; /* sum:post */
        i55 = i54 + i8; /* param:w */
        for (i107 = 0; i107 < 1; i107 += 1) {
          v27 = AT(vector_at, i26); /* post */
          v40 = AT(vector_at, i39); /* dz(read) */
          v20 = AT(vector_at, i19); /* H */
          v28 = madd(v24, v27, v20); /* H + eta * pre * post */
          v31 = pmin(pmax(v28, v29), v30); /* clip(H + eta * pre * post, -1, 1) */
          v32 = v31; /* H(next) */
          v35 = AT(vector_at, i34); /* sum:alpha */
          v41 = v37 * v40; /* x(read) * dz(read) */
          v35 = madd(v41, v32, v35); /* sum:alpha + x(read) * dz(read) * H(next) */
          AT(vector_at, i34) = v35;
          v44 = AT(vector_at, i43); /* G(H) */
          v47 = AT(vector_at, i46); /* alpha */
          v48 = madd(v41, v47, v44); /* G(H) + x(read) * dz(read) * alpha */
          v49 = v48; /* A(H) */
          v50 = (vector)((bits)v49 & (bits)(vector)((bits)v31 == (bits)v28)); /* A(H) * within(H + eta * pre * post, -1, 1) */
          AT(vector_at, i43) = v50;
          v53 = AT(vector_at, i52); /* sum:post */
          v53 = madd(v24, v50, v53); /* sum:post + eta * pre * (A(H) * within(H + eta * pre * post, -1, 1)) */
          v56 = AT(vector_at, i55); /* w */
          v57 = madd(v32, v47, v56); /* w + H(next) * alpha */
          v14 = madd(v40, v57, v14); /* S0 + dz(read) * (w + H(next) * alpha) */
          v16 = madd(v27, v50, v16); /* S1 + post * (A(H) * within(H + eta * pre * post, -1, 1)) */
          v58 = AT(vector_at, i19 + 64); /* H */
          v61 = madd(v60, v27, v58); /* H + eta * pre * post */
          v62 = pmin(pmax(v61, v29), v30); /* clip(H + eta * pre * post, -1, 1) */
          v63 = v62; /* H(next) */
          v64 = AT(vector_at, i34 + 64); /* sum:alpha */
          v66 = v65 * v40; /* x(read) * dz(read) */
          v64 = madd(v66, v63, v64); /* sum:alpha + x(read) * dz(read) * H(next) */
          AT(vector_at, i34 + 64) = v64;
          v67 = AT(vector_at, i43 + 64); /* G(H) */
          v68 = AT(vector_at, i46 + 64); /* alpha */
          v69 = madd(v66, v68, v67); /* G(H) + x(read) * dz(read) * alpha */
          v70 = v69; /* A(H) */
          v71 = (vector)((bits)v70 & (bits)(vector)((bits)v62 == (bits)v61)); /* A(H) * within(H + eta * pre * post, -1, 1) */
          AT(vector_at, i43 + 64) = v71;
          v53 = madd(v60, v71, v53); /* sum:post + eta * pre * (A(H) * within(H + eta * pre * post, -1, 1)) */
          AT(vector_at, i52) = v53;
          v72 = AT(vector_at, i55 + 64); /* w */
          v73 = madd(v63, v68, v72); /* w + H(next) * alpha */
          v15 = madd(v40, v73, v15); /* S0 + dz(read) * (w + H(next) * alpha) */
          v17 = madd(v27, v71, v17); /* S1 + post * (A(H) * within(H + eta * pre * post, -1, 1)) */
          i19 = i19 + i7;
          i26 = i26 + i7;
          i34 = i34 + i7;
          i39 = i39 + i7;
          i43 = i43 + i7;
          i46 = i46 + i7;
          i52 = i52 + i7;
          i55 = i55 + i7;
        }
        i8 = (i5 * 64) + 32;
        i19 = i18 + i8; /* from:H */
        i26 = i25 + 32; /* vector:post */
        i34 = i33 + i8; /* sum:alpha */
        i39 = i38 + 32; /* dz */
        i43 = i42 + i8; /* adjoint:H */
        i46 = i45 + i8; /* param:alpha */
        i52 = i51 + 32; /* sum:post */
        i55 = i54 + i8; /* param:w */
        v75 = AT(vector_at, i26); /* post */
        v80 = AT(vector_at, i39); /* dz(read) */
        v74 = AT(vector_at, i19); /* H */
        v76 = madd(v24, v75, v74); /* H + eta * pre * post */
        v77 = pmin(pmax(v76, v29), v30); /* clip(H + eta * pre * post, -1, 1) */
        v78 = v77; /* H(next) */
        v79 = AT(vector_at, i34); /* sum:alpha */
        v81 = v37 * v80; /* x(read) * dz(read) */
        v79 = (vector)((bits)madd(v81, v78, v79) & (bits)(vector)(bits){-1, -1, -1}); /* sum:alpha + x(read) * dz(read) * H(next) */
        AT(vector_at, i34) = v79;
        v82 = AT(vector_at, i43); /* G(H) */
        v83 = AT(vector_at, i46); /* alpha */
        v84 = madd(v81, v83, v82); /* G(H) + x(read) * dz(read) * alpha */
        v85 = v84; /* A(H) */
        v86 = (vector)((bits)v85 & (bits)(vector)((bits)v77 == (bits)v76)); /* A(H) * within(H + eta * pre * post, -1, 1) */
        AT(vector_at, i43) = (vector)((bits)v86 & (bits)(vector)(bits){-1, -1, -1});
        v87 = AT(vector_at, i52); /* sum:post */
        v87 = (vector)((bits)madd(v24, v86, v87) & (bits)(vector)(bits){-1, -1, -1}); /* sum:post + eta * pre * (A(H) * within(H + eta * pre * post, -1, 1)) */
        v88 = AT(vector_at, i55); /* w */
        v89 = madd(v78, v83, v88); /* w + H(next) * alpha */
        v90 = v80 * v89; /* dz(read) * (w + H(next) * alpha) */
        v14 = v14 + (vector)((bits)v90 & (bits)(vector)(bits){-1, -1, -1}); /* S0 + dz(read) * (w + H(next) * alpha) */
        v91 = v75 * v86; /* post * (A(H) * within(H + eta * pre * post, -1, 1)) */
        v16 = v16 + (vector)((bits)v91 & (bits)(vector)(bits){-1, -1, -1}); /* S1 + post * (A(H) * within(H + eta * pre * post, -1, 1)) */
        v92 = AT(vector_at, i19 + 64); /* H */
        v93 = madd(v60, v75, v92); /* H + eta * pre * post */
        v94 = pmin(pmax(v93, v29), v30); /* clip(H + eta * pre * post, -1, 1) */
        v95 = v94; /* H(next) */
        v96 = AT(vector_at, i34 + 64); /* sum:alpha */
        v97 = v65 * v80; /* x(read) * dz(read) */
        v96 = (vector)((bits)madd(v97, v95, v96) & (bits)(vector)(bits){-1, -1, -1}); /* sum:alpha + x(read) * dz(read) * H(next) */
        AT(vector_at, i34 + 64) = v96;
        v98 = AT(vector_at, i43 + 64); /* G(H) */
        v99 = AT(vector_at, i46 + 64); /* alpha */
        v100 = madd(v97, v99, v98); /* G(H) + x(read) * dz(read) * alpha */
        v101 = v100; /* A(H) */
        v102 = (vector)((bits)v101 & (bits)(vector)((bits)v94 == (bits)v93)); /* A(H) * within(H + eta * pre * post, -1, 1) */
        AT(vector_at, i43 + 64) = (vector)((bits)v102 & (bits)(vector)(bits){-1, -1, -1});
        v87 = (vector)((bits)madd(v60, v102, v87) & (bits)(vector)(bits){-1, -1, -1}); /* sum:post + eta * pre * (A(H) * within(H + eta * pre * post, -1, 1)) */
        AT(vector_at, i52) = v87;
        v103 = AT(vector_at, i55 + 64); /* w */
        v104 = madd(v95, v99, v103); /* w + H(next) * alpha */
        v105 = v80 * v104; /* dz(read) * (w + H(next) * alpha) */
        v15 = v15 + (vector)((bits)v105 & (bits)(vector)(bits){-1, -1, -1}); /* S0 + dz(read) * (w + H(next) * alpha) */
        v106 = v75 * v102; /* post * (A(H) * within(H + eta * pre * post, -1, 1)) */
        v17 = v17 + (vector)((bits)v106 & (bits)(vector)(bits){-1, -1, -1}); /* S1 + post * (A(H) * within(H + eta * pre * post, -1, 1)) */
        v108 = sums2(v14, v16); /* S0, S1 */
        AT(f32_at, i109 + (i5 << 2)) = AT(f32_at, i109 + (i5 << 2)) + (v30[0] * v108[0]);
        d9 = d9 + (double)(v23[0] * v108[1]); /* sum:eta */
        AT(f32_at, i110 + (i5 << 2)) = AT(f32_at, i110 + (i5 << 2)) + (v21[0] * v108[1]);
        v111 = sums2(v15, v17); /* S0, S1 */
        AT(f32_at, i109 + (i5 << 2) + 4) = AT(f32_at, i109 + (i5 << 2) + 4) + (v30[0] * v111[0]);
        d9 = d9 + (double)(v59[0] * v111[1]); /* sum:eta */
        AT(f32_at, i110 + (i5 << 2) + 4) = AT(f32_at, i110 + (i5 << 2) + 4) + (v21[0] * v111[1]);
      }
      else {
        i5 = i10 + (i163 + i164);
        v116 = splat(AT(f32_at, i22 + (i5 << 2))); /* pre */
        v117 = v21 * v116; /* eta * pre */
        v125 = splat(AT(f32_at, i36 + (i5 << 2))); /* x(read) */
        v112 = splat(0.0f); /* S0 */
        v113 = splat(0.0f); /* S1 */
        i8 = (i5 * 64) + i6;
        i114 = i18 + i8; /* from:H */
        i118 = i25 + i6; /* vector:post */
        i123 = i33 + i8; /* sum:alpha */
        i126 = i38 + i6; /* dz */
        i129 = i42 + i8; /* adjoint:H */
        i131 = i45 + i8; /* param:alpha */
        i136 = i51 + i6; /* sum:post */
        i138 = i54 + i8; /* param:w */
        for (i159 = 0; i159 < 1; i159 += 1) {
          v119 = AT(vector_at, i118); /* post */
          v127 = AT(vector_at, i126); /* dz(read) */
          v115 = AT(vector_at, i114); /* H */
          v120 = madd(v117, v119, v115); /* H + eta * pre * post */
          v121 = pmin(pmax(v120, v29), v30); /* clip(H + eta * pre * post, -1, 1) */
          v122 = v121; /* H(next) */
          v124 = AT(vector_at, i123); /* sum:alpha */
          v128 = v125 * v127; /* x(read) * dz(read) */
          v124 = madd(v128, v122, v124); /* sum:alpha + x(read) * dz(read) * H(next) */
          AT(vector_at, i123) = v124;
          v130 = AT(vector_at, i129); /* G(H) */
          v132 = AT(vector_at, i131); /* alpha */
          v133 = madd(v128, v132, v130); /* G(H) + x(read) * dz(read) * alpha */
          v134 = v133; /* A(H) */
          v135 = (vector)((bits)v134 & (bits)(vector)((bits)v121 == (bits)v120)); /* A(H) * within(H + eta * pre * post, -1, 1) */
          AT(vector_at, i129) = v135;
          v137 = AT(vector_at, i136); /* sum:post */
          v137 = madd(v117, v135, v137); /* sum:post + eta * pre * (A(H) * within(H + eta * pre * post, -1, 1)) */
          AT(vector_at, i136) = v137;
          v139 = AT(vector_at, i138); /* w */
          v140 = madd(v122, v132, v139); /* w + H(next) * alpha */
          v112 = madd(v127, v140, v112); /* S0 + dz(read) * (w + H(next) * alpha) */
          v113 = madd(v119, v135, v113); /* S1 + post * (A(H) * within(H + eta * pre * post, -1, 1)) */
          i114 = i114 + i7;
          i118 = i118 + i7;
          i123 = i123 + i7;
          i126 = i126 + i7;
          i129 = i129 + i7;
          i131 = i131 + i7;
          i136 = i136 + i7;
          i138 = i138 + i7;
        }
        i8 = (i5 * 64) + 32;
        i114 = i18 + i8; /* from:H */
        i118 = i25 + 32; /* vector:post */
        i123 = i33 + i8; /* sum:alpha */
        i126 = i38 + 32; /* dz */
        i129 = i42 + i8; /* adjoint:H */
        i131 = i45 + i8; /* param:alpha */
        i136 = i51 + 32; /* sum:post */
        i138 = i54 + i8; /* param:w */
        v142 = AT(vector_at, i118); /* post */
        v147 = AT(vector_at, i126); /* dz(read) */
        v141 = AT(vector_at, i114); /* H */
        v143 = madd(v117, v142, v141); /* H + eta * pre * post */
        v144 = pmin(pmax(v143, v29), v30); /* clip(H + eta * pre * post, -1, 1) */
        v145 = v144; /* H(next) */
        v146 = AT(vector_at, i123); /* sum:alpha */
        v148 = v125 * v147; /* x(read) * dz(read) */
        v146 = (vector)((bits)madd(v148, v145, v146) & (bits)(vector)(bits){-1, -1, -1}); /* sum:alpha + x(read) * dz(read) * H(next) */
        AT(vector_at, i123) = v146;
        v149 = AT(vector_at, i129); /* G(H) */
        v150 = AT(vector_at, i131); /* alpha */
        v151 = madd(v148, v150, v149); /* G(H) + x(read) * dz(read) * alpha */
        v152 = v151; /* A(H) */
        v153 = (vector)((bits)v152 & (bits)(vector)((bits)v144 == (bits)v143)); /* A(H) * within(H + eta * pre * post, -1, 1) */
        AT(vector_at, i129) = (vector)((bits)v153 & (bits)(vector)(bits){-1, -1, -1});
        v154 = AT(vector_at, i136); /* sum:post */
        v154 = (vector)((bits)madd(v117, v153, v154) & (bits)(vector)(bits){-1, -1, -1}); /* sum:post + eta * pre * (A(H) * within(H + eta * pre * post, -1, 1)) */
        AT(vector_at, i136) = v154;
        v155 = AT(vector_at, i138); /* w */
        v156 = madd(v145, v150, v155); /* w + H(next) * alpha */
        v157 = v147 * v156; /* dz(read) * (w + H(next) * alpha) */
        v112 = v112 + (vector)((bits)v157 & (bits)(vector)(bits){-1, -1, -1}); /* S0 + dz(read) * (w + H(next) * alpha) */
        v158 = v142 * v153; /* post * (A(H) * within(H + eta * pre * post, -1, 1)) */
        v113 = v113 + (vector)((bits)v158 & (bits)(vector)(bits){-1, -1, -1}); /* S1 + post * (A(H) * within(H + eta * pre * post, -1, 1)) */
        v160 = sums2(v112, v113); /* S0, S1 */
        AT(f32_at, i109 + (i5 << 2)) = AT(f32_at, i109 + (i5 << 2)) + (v30[0] * v160[0]);
        d9 = d9 + (double)(v116[0] * v160[1]); /* sum:eta */
        AT(f32_at, i110 + (i5 << 2)) = AT(f32_at, i110 + (i5 << 2)) + (v21[0] * v160[1]);
      }
    }
  }
  AT(f64_at, w14 + (thread * w15)) = AT(f64_at, w14 + (thread * w15)) + d9;
}
