import { Adam } from "../src/training/adam.js";
