import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";
import { isolateNextVisit } from "./page/isolation.js";

mount(App, { target: document.getElementById("app")! });
isolateNextVisit();
