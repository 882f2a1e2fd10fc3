import { mount } from "svelte";
import App from "./App.svelte";
import "./app.css";

/** In a task of its own: a worker that was begun before (early.ts) can only start between two tasks of the page. */
setTimeout(() => mount(App, { target: document.getElementById("app")! }));
