import { expose } from "comlink";
import { memory } from "./memory.js";

expose(memory);
