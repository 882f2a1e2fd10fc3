import { expose } from "comlink";
import { drawingMemory } from "./drawing.js";

expose(drawingMemory);
