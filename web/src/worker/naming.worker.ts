import { expose } from "comlink";
import { naming } from "./naming.js";

expose(naming);
