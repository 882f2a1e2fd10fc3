import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cacheFolder, DataError, dataFolders, downloadFolder } from "./dataFolders.js";

describe.runIf(process.platform === "linux")("the user's cache", () => {
  const home = () => join("/", "somewhere");

  it("is hebbian in ~/.cache, or in XDG_CACHE_HOME where that is an absolute path", () => {
    expect(cacheFolder({}, home)).toBe(join(home(), ".cache", "hebbian"));
    expect(cacheFolder({ XDG_CACHE_HOME: "relative" }, home)).toBe(join(home(), ".cache", "hebbian"));
    expect(cacheFolder({ XDG_CACHE_HOME: "/elsewhere" }, home)).toBe(join("/elsewhere", "hebbian"));
  });

  it("is none for a user without a home, who may still name a folder", () => {
    expect(cacheFolder({}, () => null)).toBeNull();
    expect(cacheFolder({ XDG_CACHE_HOME: "/elsewhere" }, () => null)).toBe(join("/elsewhere", "hebbian"));
  });
});

describe("without a cache", () => {
  it("data sets are looked for beside the project only", () => {
    expect(dataFolders({}, null)).toHaveLength(1);
  });

  it("fetching says that it needs HEBBIAN_DATA, and takes it", () => {
    expect(() => downloadFolder({}, null)).toThrow(DataError);
    expect(() => downloadFolder({}, null)).toThrow(/no home folder.*set HEBBIAN_DATA/);
    expect(downloadFolder({ HEBBIAN_DATA: "/data" }, null)).toBe("/data");
  });
});
