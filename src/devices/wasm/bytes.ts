/** Bytes written one after another, into room that grows. */
export class ByteWriter {
  #room = new Uint8Array(4096);
  length = 0;

  get written(): Uint8Array<ArrayBuffer> {
    return this.#room.slice(0, this.length);
  }

  byte(value: number): void {
    if (this.length === this.#room.length) this.#reserve(1);
    this.#room[this.length++] = value;
  }
  all(values: readonly number[]): void {
    for (const value of values) this.byte(value);
  }
  /** What `write` writes, after its length. */
  sized(write: (content: ByteWriter) => void): void {
    const content = new ByteWriter();
    write(content);
    this.unsigned(content.length);
    this.#append(content.#room.subarray(0, content.length));
  }
  /** Items, after their number. */
  list<Item>(items: readonly Item[], write: (item: Item) => void): void {
    this.unsigned(items.length);
    items.forEach(write);
  }

  /** Unsigned LEB128. */
  unsigned(value: number): void {
    let rest = value;
    do {
      const low = rest % 128;
      rest = Math.floor(rest / 128);
      this.byte(rest > 0 ? low | 0x80 : low);
    } while (rest > 0);
  }
  /** Signed LEB128 of a 32-bit number. */
  signed(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      const done = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
      this.byte(done ? low : low | 0x80);
      if (done) return;
    }
  }
  i32(value: number): void {
    this.#append(Int32Array.of(value));
  }
  f32(value: number): void {
    this.#append(Float32Array.of(value));
  }
  f64(value: number): void {
    this.#append(Float64Array.of(value));
  }
  /** A name: its length, then UTF-8. */
  text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    this.unsigned(bytes.length);
    this.#append(bytes);
  }

  /** Bytes as they lie in memory, lowest first. */
  #append({ buffer, byteOffset, byteLength }: ArrayBufferView): void {
    this.#reserve(byteLength);
    this.#room.set(new Uint8Array(buffer, byteOffset, byteLength), this.length);
    this.length += byteLength;
  }
  #reserve(more: number): void {
    if (this.length + more <= this.#room.length) return;
    const room = new Uint8Array(Math.max(2 * this.#room.length, this.length + more));
    room.set(this.#room.subarray(0, this.length));
    this.#room = room;
  }
}
