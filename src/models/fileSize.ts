import { BUDGETS, overBudget } from "./budgets.js";
import { ModelError } from "./modelError.js";
import { LENGTH_BYTES } from "./safetensorsFormat.js";

/** The bytes of a whole file, or as long as that is not `known`, so many of its first bytes as are needed to tell more. */
export interface FileSize {
  readonly known: boolean;
  readonly bytes: number;
}

/**
 * How long a model or a snapshot is, from its first bytes: what comes after that many need not be waited for.
 * Nothing else is checked here. Throws a ModelError for a header or a file beyond any model's.
 */
export function fileSize(start: Uint8Array): FileSize {
  if (start.length < LENGTH_BYTES) return { known: false, bytes: LENGTH_BYTES };
  const header = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  if (header > BigInt(BUDGETS.header)) {
    throw new ModelError(
      `the header claims ${header} bytes, a model's has at most ${BUDGETS.header}; the file is damaged or no model: use another`,
      { code: "too-large" },
    );
  }
  const data = LENGTH_BYTES + Number(header);
  if (start.length < data) return { known: false, bytes: data };
  const bytes = data + dataBytes(start.subarray(LENGTH_BYTES, data));
  if (bytes > BUDGETS.file) {
    throw new ModelError(
      `the header claims a file of ${bytes} bytes, a model has at most ${BUDGETS.file}; the file is damaged or no model: use another`,
      { code: "too-large" },
    );
  }
  return { known: true, bytes };
}

/** The end of the last tensor; 0 where the header cannot be read, which its reader will say better. */
function dataBytes(header: Uint8Array): number {
  let entries: unknown[] = [];
  try {
    entries = Object.values(JSON.parse(new TextDecoder().decode(header)));
  } catch {
    return 0;
  }
  if (entries.length > BUDGETS.tensors) throw overBudget("header", BUDGETS.tensors, "tensors");
  const ends = entries.map((entry) => Number((entry as { data_offsets?: number[] })?.data_offsets?.[1]));
  return ends.reduce((most, end) => (end > most ? end : most), 0);
}
