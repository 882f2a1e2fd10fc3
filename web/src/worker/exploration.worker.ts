import { expose } from "comlink";
import { exploration } from "./exploration.js";

expose(exploration);
