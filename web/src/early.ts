/** What is begun before the page is drawn, or even read: the network of the first screen comes while all else does. */
import { drawingNetwork } from "./page/draw/network.js";

void drawingNetwork();
