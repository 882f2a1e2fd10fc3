import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { DataError } from "./dataFolders.js";
import { type DataSet, untar } from "./dataSets.js";
import { checkData, fetchData } from "./fetchData.js";

const files = ["pictures/a.bin", "pictures/b.bin"];
const archive = gzipSync(createTar(files.map((name) => ({ name, data: `contents of ${name}` }))));
const md5 = createHash("md5").update(archive).digest("hex");

let folder: string;
let server: Server;
let answer: RequestListener;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "hebbian-fetch-"));
  answer = (_, response) => response.end(archive);
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fake.tar.gz`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const fakeSet = (change: { md5?: string } = {}): DataSet => ({
  name: "fake",
  files,
  downloads: [{ url, md5, most: 1000, unpack: (bytes) => untar(bytes, files), ...change }],
});
const quiet = () => {};

/** The message of the DataError that a fetch ends with; it must be a single line, and leave nothing behind. */
async function failure(set: DataSet, into = folder): Promise<string> {
  const error = await fetchData(set, into, quiet).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DataError);
  const { message } = error as DataError;
  expect(message).not.toContain("\n");
  expect(existsSync(join(folder, "pictures"))).toBe(false);
  return message;
}

describe("fetchData", () => {
  test("downloads, unpacks, and records checksums that a check then confirms", async () => {
    const progress = vi.fn();
    expect(await fetchData(fakeSet(), folder, progress)).toBe(true);
    for (const file of files) expect(readFileSync(join(folder, file), "utf8")).toBe(`contents of ${file}`);
    expect(readdirSync(join(folder, "pictures")).sort()).toEqual(["a.bin", "b.bin"]);
    expect(progress).toHaveBeenLastCalledWith(url, archive.length, archive.length);
    expect(checkData(fakeSet(), ["/nowhere", folder])).toEqual({
      folder,
      files: files.map((path) => ({ path, verified: true })),
    });
  });

  test("does without the length where the server does not tell it", async () => {
    answer = (_, response) => {
      response.write(archive.subarray(0, 50));
      response.end(archive.subarray(50));
    };
    const progress = vi.fn();
    await fetchData(fakeSet(), folder, progress);
    expect(progress).toHaveBeenLastCalledWith(url, archive.length, undefined);
  });

  test("downloads nothing again, unless a file has changed or is gone", async () => {
    await fetchData(fakeSet(), folder, quiet);
    const requests = vi.fn();
    answer = (_, response) => {
      requests();
      response.end(archive);
    };
    expect(await fetchData(fakeSet(), folder, quiet)).toBe(false);
    expect(requests).not.toHaveBeenCalled();
    writeFileSync(join(folder, files[0]!), "changed");
    expect(await fetchData(fakeSet(), folder, quiet)).toBe(true);
    rmSync(join(folder, files[1]!));
    expect(await fetchData(fakeSet(), folder, quiet)).toBe(true);
    expect(requests).toHaveBeenCalledTimes(2);
    expect(checkData(fakeSet(), [folder]).files.every(({ verified }) => verified)).toBe(true);
  });

  test("keeps the checksums of other data sets", async () => {
    const other = `${"0".repeat(64)}  other/file.zip\n`;
    writeFileSync(join(folder, "SHA256SUMS"), other);
    await fetchData(fakeSet(), folder, quiet);
    const sums = readFileSync(join(folder, "SHA256SUMS"), "utf8");
    expect(sums).toContain(other);
    expect(sums.trimEnd().split("\n")).toHaveLength(3);
  });

  test("without a network, says which address and what to do", async () => {
    await new Promise((resolve) => server.close(resolve));
    expect(await failure(fakeSet())).toMatch(
      /^http.+fake\.tar\.gz: cannot be reached \(.*ECONNREFUSED.*\); check the network, or put the files into .+ yourself$/,
    );
  });

  test("passes on what the server refuses", async () => {
    answer = (_, response) => response.writeHead(404).end("no such file");
    expect(await failure(fakeSet())).toContain("the server answered 404 Not Found; try again later");
  });

  test("refuses a file with the wrong checksum, even if it can be unpacked", async () => {
    const wrong = "0".repeat(32);
    expect(await failure(fakeSet({ md5: wrong }))).toContain(
      `MD5 must be ${wrong}, got ${md5} (${archive.length} bytes); what came is not the published file`,
    );
  });

  test("hangs up on a body that is longer than the set, whether the server says so or never ends", async () => {
    answer = (_, response) => response.writeHead(200, { "content-length": 1e12 }).write(archive);
    expect(await failure(fakeSet())).toContain("sends 1000000000000 bytes, at most 1000 were expected");
    const hungUp = new Promise((resolve) => {
      answer = (_, response) => {
        response.on("close", resolve);
        const more = () => {
          while (!response.destroyed && response.write(new Uint8Array(500)));
        };
        response.on("drain", more);
        more();
      };
    });
    expect(await failure(fakeSet())).toContain("sends more than 1000 bytes, at most 1000 were expected");
    await hungUp;
  });

  test("says how far a download came that broke off", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, 50), () => response.destroy());
    };
    expect(await failure(fakeSet())).toMatch(
      new RegExp(`broke off after (0|50) of ${archive.length} bytes \\(.+\\); try again$`),
    );
  });

  test("says where it cannot write", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    expect(await failure(fakeSet(), file)).toMatch(/ENOTDIR.*\(while saving .+a\.bin\); or set HEBBIAN_DATA/);
  });
});

describe("checkData", () => {
  test("names the file that has changed", async () => {
    await fetchData(fakeSet(), folder, quiet);
    writeFileSync(join(folder, files[1]!), "changed");
    expect(() => checkData(fakeSet(), [folder])).toThrow(
      /b\.bin: SHA-256 must be [0-9a-f]{64}, got [0-9a-f]{64}; .*hebbian data fetch fake$/,
    );
  });

  test("does not vouch for files without a checksum", async () => {
    await fetchData(fakeSet(), folder, quiet);
    rmSync(join(folder, "SHA256SUMS"));
    expect(checkData(fakeSet(), [folder]).files.map(({ verified }) => verified)).toEqual([false, false]);
  });

  test("says where it looked in vain, and how to fetch", () => {
    expect(() => checkData(fakeSet(), [folder, "/nowhere"])).toThrow(
      `fake: not found in ${folder} or /nowhere; fetch it with: hebbian data fetch fake`,
    );
  });
});
