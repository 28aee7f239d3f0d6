// Runs texts in the page's Python, by the page's own worker script, under Node. Reads from standard
// input {engine: text of live-engine.js, cells: [{code, setup}, …]}; writes [{text, fault, cut, html}, …].
import { readFileSync } from "node:fs";
import vm from "node:vm";

const { engine, cells } = JSON.parse(readFileSync(0, "utf8"));
let receive;
const shared = {
  Blob, DecompressionStream, Response, TextDecoder, TextEncoder, URL, atob, console, crypto,
  performance, setTimeout, clearTimeout,
  WorkerGlobalScope: Object, // so that MicroPython takes this for a worker, and not for Node
  postMessage: (data) => receive(data),
};
const worker = vm.createContext({ ...shared, self: {} });
vm.runInContext(engine, worker);
const { script, wasm, files } = worker.liveEngine;
vm.runInContext(script, worker);

function ask(data) {
  let text = "";
  return new Promise((resolve) => {
    receive = (answer) => {
      text += answer.text ?? "";
      if (answer.ready || answer.done) resolve({ text, ...answer });
    };
    worker.self.onmessage({ data });
  });
}

const started = await ask({ wasm, files });
if (!started.ready) throw new Error(started.fault);
const answers = [];
for (const cell of cells) {
  const { text, fault, cut, html } = await ask(cell);
  answers.push({ text, fault, cut, html });
}
process.stdout.write(JSON.stringify(answers));
