import { live } from "./live.js";

console.log(JSON.stringify(await live(process.argv[2])));
