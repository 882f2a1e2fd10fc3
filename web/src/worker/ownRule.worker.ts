import { expose } from "comlink";
import { ownRule } from "./ownRule.js";

expose(ownRule);
